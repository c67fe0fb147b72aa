"""Counters without a lock."""

from __future__ import annotations

from typing import ClassVar

from harness.counters.expectation import Counterexample, Expectation, loses
from harness.counters.plain import Plain, one


class UnlockedCounter(Plain):
    """Forget the lock."""

    expected: ClassVar[Expectation] = loses(
        *(2, 1, 1),
        why="The count is read, one() is called, and the sum of a stale count is written.",
    )

    def increment(self) -> None:
        """Read, call, write."""
        self.count = self.count + one()


class PlusEqualsCounter(Plain):
    """Trust that `+=` is one step."""

    expected: ClassVar[Expectation] = Expectation(
        free_threaded=Counterexample(2, 1, 1),
        why="+= reads, then writes; a GIL build happens not to switch in between.",
    )

    def increment(self) -> None:
        """Read and write in one statement."""
        self.count += 1
