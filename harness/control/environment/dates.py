"""`datetime.now()` and the like in virtual time: what the code in scope sees of `datetime`.

C code makes the classes, and nobody can put anything else into them. So where code in scope loads
one of these methods from such a class, something else stands in the class's place.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Any

from harness.control.environment.clock import CLOCKS
from harness.kinds import holder_of

_ORIGINALS = {
    "now": datetime.__dict__["now"],
    "utcnow": datetime.__dict__["utcnow"],
    "today": date.__dict__["today"],
}


class VirtualDates:
    """Stand for `datetime.datetime`, `datetime.date` or a subclass of one.

    Args:
        kind: the class.
    """

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    def now(self, tz: tzinfo | None = None) -> Any:
        """Return the time of the virtual wall clock."""
        return self._kind.fromtimestamp(CLOCKS["time"](), tz)

    def utcnow(self) -> Any:
        """Return the same in UTC, without saying so."""
        return self._kind.fromtimestamp(CLOCKS["time"](), UTC).replace(tzinfo=None)

    def today(self) -> Any:
        """Return the day, or the time, of the virtual wall clock."""
        return self._kind.fromtimestamp(CLOCKS["time"]())


def is_a_date(kind: Any, method: str) -> bool:
    """Say whether `kind` is a class of dates whose method is that of the standard library."""
    if type(kind) is not type or not issubclass(kind, date):
        return False
    holder = holder_of(kind, method)
    return holder is not None and holder.__dict__[method] is _ORIGINALS.get(method)
