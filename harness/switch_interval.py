"""Force the interpreter's switch interval for a while, and put back exactly what was there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from harness.errors import UsageError

SMALLEST = 1e-6  # seconds: CPython counts whole microseconds, and 0 of them act like 1
LARGEST = 1_000.0  # seconds


def forced_switch_interval(seconds: float) -> AbstractContextManager[float]:
    """Force `sys.setswitchinterval(seconds)` inside a `with` block, and restore it at the end.

    The block gets the interval that is really in force: CPython rounds to microseconds, and less
    than one has the effect of one. Blocks nest; each end restores what its beginning found. The
    interval is the whole process's, so blocks of two threads must not overlap.

    Raises:
        UsageError: for anything but a number of seconds above 0, up to 1,000.
    """
    return _forced(checked_switch_interval("switch_interval", seconds))


def checked_switch_interval(name: str, seconds: float) -> float:
    """Return `seconds`, or raise a UsageError that calls it `name`."""
    # `type`, not `isinstance`: True is an int, but nobody means one second by it.
    if type(seconds) not in (int, float) or not 0 < seconds <= LARGEST:
        raise UsageError(
            f"{name}={seconds!r}. Give a number of seconds, greater than 0 and up to "
            f"{LARGEST:,.0f}, like 1e-6."
        )
    return seconds


@contextmanager
def _forced(seconds: float) -> Iterator[float]:
    before = sys.getswitchinterval()
    try:
        _set(seconds)
        yield sys.getswitchinterval()
    finally:
        _set(before)


def _set(seconds: float) -> None:
    # CPython cuts off below the microsecond, and 1e6 * 1.5e-5 is 14.999999999999998: the half one
    # on top keeps 15 at 15, also when what getswitchinterval() gave is set again.
    microseconds = round(max(seconds, SMALLEST) * 1e6)
    sys.setswitchinterval((microseconds + 0.5) / 1e6)
