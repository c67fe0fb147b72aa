"""Partial-order sampling: each operation has a random priority, drawn anew after each conflict.

Yuan, Yang, Gu: "Partial Order Aware Concurrency Sampling", CAV 2018.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.search.pending import Pendings, pending_of
from harness.search.seeded import Seeded

_TIMEOUTS = 0.1  # how often a timed wait ends although somebody else can go on


class Pos(Seeded):
    """Run the task whose next operation has the highest priority.

    After it, that task's next operation gets a priority, and so does each one that conflicted with
    the operation that was run.

    Args:
        seed: decides all choices.
        pending: says what a task is about to do.
    """

    name = "pos"

    def __init__(self, seed: int, pending: Pendings = pending_of) -> None:
        super().__init__(seed)
        self._pending = pending
        self._priorities: dict[int, float] = {}

    def begin_again(self) -> None:
        """Forget the priorities."""
        super().begin_again()
        self._priorities = {}

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return the task with the highest priority."""
        ready = len(runnable) - timed
        if timed and (ready == 0 or self.uniform() < _TIMEOUTS):
            return runnable[ready + int(self.uniform() * timed)]
        priorities = self._priorities
        candidates = runnable[:ready]
        for number in candidates:
            if number not in priorities:
                priorities[number] = self.uniform()
        chosen = max(candidates, key=priorities.__getitem__)
        del priorities[chosen]
        operation = self._pending(chosen)
        if operation.location is not None:
            for number in candidates:
                if number != chosen and operation.conflicts_with(self._pending(number)):
                    del priorities[number]
        return chosen
