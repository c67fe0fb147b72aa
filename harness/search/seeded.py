"""What searches that draw their choices from a seed have in common."""

from __future__ import annotations

import random

from harness.control.conflicts import Conflicts
from harness.interleaving import Interleaving

NEVER = (1 << 30) - 1


class Seeded:
    """Draw from one generator; an execution that is begun again draws the same numbers again."""

    name = ""
    watching = True
    needs_observer = False
    needs_numbers = False
    counts_switches = False
    wants_conflicts = False

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed).random
        self._drawn: list[float] = []
        self._again: list[float] = []

    @property
    def part(self) -> str:
        """Return its name: it has no parts."""
        return self.name

    def begin(self) -> bool:
        """Draw other choices than before; there is always one more execution."""
        self._drawn.clear()
        self.begin_again()
        return True

    def begin_again(self) -> None:
        """Draw the same choices again."""
        self._again = self._drawn[::-1]
        self._drawn.clear()

    def uniform(self) -> float:
        """Return a number from 0 up to, not including, 1."""
        drawn = self._again.pop() if self._again else self._draw()
        self._drawn.append(drawn)
        return drawn

    def end(self) -> None:
        """Take note of nothing."""

    def see(self, conflicts: Conflicts, interleaving: Interleaving) -> None:
        """Take note of nothing."""

    def restart(self) -> None:
        """Take note of nothing: no claim rests on what was covered."""

    def planned(self, task: int, after: int) -> int:
        """Plan no point in advance."""
        return NEVER
