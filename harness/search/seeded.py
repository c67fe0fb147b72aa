"""What searches that draw their choices from a seed have in common."""

from __future__ import annotations

import random

NEVER = 1 << 62


class Seeded:
    """Give each execution a generator of its own, made of the seed and the execution's number."""

    watching = True
    needs_observer = False

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._execution = 0
        self.random = random.Random()

    def begin(self) -> bool:
        """Draw other choices than before; there is always one more execution."""
        self._execution += 1
        self.begin_again()
        return True

    def begin_again(self) -> None:
        """Draw the same choices again."""
        self.random.seed(self._seed * 1_000_003 + self._execution)

    def end(self) -> None:
        """Take note of nothing."""

    def restart(self) -> None:
        """Take note of nothing: no claim rests on what was covered."""

    def planned(self, task: int, after: int) -> int:
        """Plan no point in advance."""
        return NEVER
