"""Selectively uniform random walks: uniform over the orders of a few operations that were selected.

Zhao, Wolff, Mathur, Roychoudhury: "Selectively Uniform Concurrency Testing", ASPLOS 2025.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.control.observing.conflicts import Conflicts, Label
from harness.interleaving import Interleaving
from harness.search.pending import Labels, label_of_pending
from harness.search.seeded import Seeded

_EVERYTHING = 0.25  # how often all conflicting operations are selected, not those on one thing
_TIMEOUTS = 0.1  # how often a timed wait ends although somebody else can go on
# Times the first count of a task: one that spins does far more, and would outweigh the others.
_MOST_OF_THE_FIRST = 1.5
_TURNS_WITHOUT_PROGRESS = 1_000  # then the task may be spinning, and must let others go on


class Surw(Seeded):
    """Draw who does the next selected operation, weighted by how many each task has left.

    For each execution the operations on one thing are selected: a lock, an attribute, a variable.
    How many of them each task does is taken from executions that were observed. Whoever is not
    about to do a selected operation goes on at random.

    Args:
        seed: decides all choices.
        label: names what a task is about to touch.
    """

    name = "surw"
    wants_conflicts = True

    def __init__(self, seed: int, label: Labels = label_of_pending) -> None:
        super().__init__(seed)
        self._label = label
        self._labels: list[Label] = []
        self._first_counts: dict[tuple[int, Label], int] = {}
        self._counts: dict[tuple[int, Label], float] = {}
        self._selected: frozenset[Label] = frozenset()
        self._left: dict[int, float] = {}  # selected operations of each task
        self._intended: int | None = None  # who does the next selected operation
        self._turns = 0

    def see(self, conflicts: Conflicts, interleaving: Interleaving) -> None:
        """Learn how many operations each task does on what."""
        self._labels += [label for label in conflicts.labels if label not in self._labels]
        for key, count in conflicts.counts.items():
            most = _MOST_OF_THE_FIRST * self._first_counts.setdefault(key, count)
            self._counts[key] = min(max(count, self._counts.get(key, 0)), most)

    def begin_again(self) -> None:
        """Select what this execution is about."""
        super().begin_again()
        self._intended = None
        self._turns = 0
        if self.uniform() < _EVERYTHING or not self._labels:
            self._selected = frozenset(self._labels)
        else:
            self._selected = frozenset([self._labels[int(self.uniform() * len(self._labels))]])
        self._left = {}
        for (task, label), count in self._counts.items():
            if label in self._selected:
                self._left[task] = self._left.get(task, 0) + count

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return whose turn it is to do a selected operation, or who does another before it."""
        ready = len(runnable) - timed
        if timed and (ready == 0 or self.uniform() < _TIMEOUTS):
            return runnable[ready + int(self.uniform() * timed)]
        candidates, label, selected = runnable[:ready], self._label, self._selected
        self._turns += 1
        if self._intended not in candidates or self._turns > _TURNS_WITHOUT_PROGRESS:
            self._intended = self._one_of(candidates)
            self._turns = 0
        intended = self._intended
        allowed = [
            number for number in candidates if number == intended or label(number) not in selected
        ]
        chosen = allowed[int(self.uniform() * len(allowed))]
        if chosen == intended and label(chosen) in selected:
            self._left[chosen] = self._left.get(chosen, 0) - 1
            self._intended = None
        return chosen

    def _one_of(self, candidates: Sequence[int]) -> int:
        """Return a task, drawn by the number of selected operations that each has left."""
        weights = [max(self._left.get(number, 0), 0) for number in candidates]
        total = sum(weights)
        if not total:
            return candidates[int(self.uniform() * len(candidates))]
        at = self.uniform() * total
        for number, weight in zip(candidates, weights, strict=True):
            at -= weight
            if at < 0:
                return number
        return candidates[-1]
