"""Follow an interleaving, and list how it could go on."""

from __future__ import annotations

from collections.abc import Sequence

from harness.control.scheduling.plan import Plan
from harness.control.scheduling.protocols import Chooser
from harness.interleaving import Switch


class Listing(Chooser):
    """Follow a plan, and list the switches that could be added after its last one.

    Args:
        plan: the plan.
        length: the number of its switches that take place.
    """

    watching = True

    def __init__(self, plan: Plan, length: int) -> None:
        self._plan = plan
        self._length = length
        self._taken = 0
        self.switches: list[Switch] = []

    def begin_again(self) -> None:
        """Forget the list, because the execution is run again."""
        self._taken = 0
        self.switches.clear()

    def planned(self, task: int, after: int) -> int:
        """Return the plan's next point of `task`."""
        return self._plan.planned(task, after)

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Do what the plan says, and note the others that could have gone on."""
        number = self._plan.choose(runnable, task, point, timed)
        if number != runnable[0]:
            self._taken += 1
        elif self._taken >= self._length:
            self.switches += [Switch(task, point, other) for other in runnable[1:]]
        return number
