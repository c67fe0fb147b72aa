"""Probabilistic concurrency testing: priorities, and few points at which they change.

Burckhardt, Kothari, Musuvathi, Nagarakatte: "A Randomized Scheduler with Probabilistic Guarantees
of Finding Bugs", ASPLOS 2010.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.control.observing.conflicts import Conflicts
from harness.interleaving import Interleaving
from harness.search.seeded import Seeded

_TIMEOUTS = 0.25  # how often a change of priority ends a timed wait instead
_TURNS_WITHOUT_PROGRESS = 1_000  # then the task may be spinning, and must let others go on


class Pct(Seeded):
    """Run the task of the highest priority; lower it at `depth` - 1 random points.

    Args:
        seed: decides all choices.
        depth: the number of ordering constraints that a bug may need to be found.
    """

    name = "pct"
    wants_conflicts = True

    def __init__(self, seed: int, depth: int = 3) -> None:
        super().__init__(seed)
        self._depth = depth
        self._longest = 1  # the most choices of one execution so far
        self._asked = 0
        self._changes: set[int] = set()
        self._priorities = _Priorities(self.uniform)
        self._priority_of = self._priorities.__getitem__
        self._lowest = 0.0
        self._last = -1
        self._turns = 0

    def begin_again(self) -> None:
        """Draw the points of change again."""
        super().begin_again()
        self._asked = self._turns = 0
        self._last = -1
        self._lowest = 0.0
        self._priorities.clear()
        self._changes = {1 + int(self.uniform() * self._longest) for _ in range(self._depth - 1)}

    def see(self, conflicts: Conflicts, interleaving: Interleaving) -> None:
        """Learn how long an execution is, before one was made."""
        labels = set(conflicts.labels)
        choices = sum(count for (_, label), count in conflicts.counts.items() if label in labels)
        self._longest = max(self._longest, choices)

    def end(self) -> None:
        """Learn how long an execution is."""
        self._longest = max(self._longest, self._asked)

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return the task of the highest priority."""
        self._asked += 1
        candidates = runnable
        if timed:
            ready = len(runnable) - timed
            candidates = runnable[:ready] or runnable[:1]
        if self._asked in self._changes:
            self._demote(task)
            if timed and self.uniform() < _TIMEOUTS:
                ended = runnable[ready + int(self.uniform() * timed)]
                self._priorities[ended] = 1.0 + self.uniform()  # or it would wait again at once
                return ended
        chosen = max(candidates, key=self._priority_of)
        self._turns = self._turns + 1 if chosen == self._last else 0
        self._last = chosen
        if self._turns > _TURNS_WITHOUT_PROGRESS:
            self._turns = 0
            self._demote(chosen)
        return chosen

    def _demote(self, task: int) -> None:
        self._lowest -= 1.0
        self._priorities[task] = self._lowest


class _Priorities(dict[int, float]):
    """Draw the priority of a task that has none yet."""

    def __init__(self, uniform: Callable[[], float]) -> None:
        self._uniform = uniform

    def __missing__(self, task: int) -> float:
        priority = self[task] = 1.0 + self._uniform()
        return priority
