"""Looks at the clock by code in scope: where another task waits for a time, it may pass in between."""

from __future__ import annotations

from harness.control.accesses.locations import Accessed, Touch
from harness.instrument.site import Site
from harness.operation import READ, UPDATE

MODULES = frozenset(
    ("harness.control.environment.clock", "harness.control.environment.dates")
)  # of the virtual clocks


class _Clock:
    """Be the location."""


CLOCK = _Clock()
LOOK = Accessed((Touch(CLOCK, "", READ),), "the clock")
MOVE = Touch(CLOCK, "", UPDATE)
A_WAIT = Site((lambda: None).__code__, "wait", "", 0)


def is_call(module: str, name: str) -> bool:
    """Say whether a function of a module, known by its name, looks at the clock."""
    return module in MODULES and name != "sleep"
