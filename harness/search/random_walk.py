"""A uniform random walk over the switch points."""

from __future__ import annotations

from collections.abc import Sequence

from harness.search.seeded import Seeded

_TIMEOUTS = 0.1  # how often a timed wait ends although somebody else can go on


class RandomWalk(Seeded):
    """Choose uniformly among the tasks that can go on."""

    name = "random"

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return one of the tasks that can go on, now and then one in a timed wait."""
        ready = len(runnable)
        if timed:
            ready -= timed
            if self.uniform() < _TIMEOUTS:
                return runnable[ready + int(self.uniform() * timed)]
            if ready == 0:
                return runnable[0]  # whose time is over first
        drawn = self._again.pop() if self._again else self._draw()  # uniform(), written out
        self._drawn.append(drawn)
        return runnable[int(drawn * ready)]
