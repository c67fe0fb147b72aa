"""Know where the program orders objects by their addresses, which differ from run to run."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from harness.instrument.site import Site
from harness.kinds import attribute_of, name_of
from harness.outcome import Location
from harness.own_files import is_of_the_library
from harness.report.table import shown_path

_GOING_THROUGH = frozenset(("iterate", "unpack"))
_SETS = (set, frozenset)
_MOST_ITEMS = 20  # of a set that are looked at


class Addresses:
    """Note the lines where the order of what is done depends on addresses."""

    def __init__(self) -> None:
        self._noted: dict[Site, str] = {}

    def look_at(self, site: Site, operands: Iterable[Any]) -> None:
        """Take note if what is met at a site has an order by address."""
        for one in operands:
            if one is id and not is_of_the_library(site.code.co_filename):
                self._noted[site] = "uses id()"
            elif type(one) in _SETS:
                for item in islice(one, _MOST_ITEMS):
                    if attribute_of(type(item), "__hash__") is object.__hash__:
                        kind = name_of(type(item))
                        self._noted[site] = f"goes through a set of {kind} objects"

    def look_at_access(self, site: Site, operand: Any) -> None:
        """Take note if a loop or an unpacking goes by addresses."""
        if site.kind in _GOING_THROUGH:
            self.look_at(site, (operand,))

    def text(self) -> str:
        """Say what goes by addresses and what to do about it, in the order of the lines."""
        if not self._noted:
            return ""
        places = {
            f"{shown_path(Location(site.code.co_filename, site.line))} {what}"
            for site, what in self._noted.items()
        }
        return (
            f"{'; '.join(sorted(places))}: that order follows addresses, which differ from run to "
            "run. Order them by something of their own, like a number given at creation, or keep "
            "them in a list or a dict."
        )
