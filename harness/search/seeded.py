"""What searches that draw their choices from a seed have in common."""

from __future__ import annotations

import random

from harness.search.protocol import Search


class Seeded(Search):
    """Draw from one generator; an execution that is begun again draws the same numbers again."""

    watching = True

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed).random
        self._drawn: list[float] = []
        self._again: list[float] = []

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
