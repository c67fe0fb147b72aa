"""What each task can know of the others: how far each of them is, at least."""

from __future__ import annotations


class VectorClocks:
    """Be the vector clock of each task; its own entry counts, those of others are what it learned."""

    def __init__(self) -> None:
        self._clocks: list[list[int]] = []
        self._starts: dict[int, tuple[int, int]] = {}  # by task: who has started it, and when

    def of(self, task: int) -> list[int]:
        """Return the clock of a task, which grows with it."""
        clocks = self._clocks
        while len(clocks) <= task:
            clocks.append([0] * len(clocks) + [1])
        return clocks[task]

    def tick(self, task: int) -> None:
        """Let what a task does from now on be later than all that others have learned from it."""
        self.of(task)[task] += 1

    def start(self, parent: int, child: int) -> None:
        """Let all that `parent` has done come before what `child` does."""
        clock = self.of(parent)
        self._starts[child] = parent, clock[parent]
        self.learn(child, clock)
        self.tick(parent)

    def knows_start(self, task: int, started: int) -> bool:
        """Say whether what `task` does now comes after the start of another task."""
        parent, when = self._starts.get(started, (started, 0))  # nobody has started the main one
        clock = self.of(task)
        return parent < len(clock) and clock[parent] > when

    def learn(self, task: int, other: list[int]) -> None:
        """Let all that `other` says come before what a task does from now on."""
        join(self.of(task), other)


def join(clock: list[int], other: list[int]) -> None:
    """Let `clock` say what both say."""
    if len(other) > len(clock):
        clock += [0] * (len(other) - len(clock))
    for number, count in enumerate(other):
        clock[number] = max(clock[number], count)
