"""Counters that count without holding a lock while they do it."""

from __future__ import annotations

import itertools
import threading
from typing import ClassVar

from harness.counters.expectation import Expectation
from harness.counters.plain import Plain, one


class ItertoolsCounter:
    """Let C code count: each increment takes a number."""

    expected: ClassVar[Expectation] = Expectation(
        why="next() of an itertools.count is one call of C code, so one step.",
    )

    def __init__(self) -> None:
        self.numbers = itertools.count()
        self.looked = 0

    @property
    def value(self) -> int:
        """Take a number, too, and leave those out that were taken to look."""
        self.looked += 1
        return next(self.numbers) - (self.looked - 1)

    def increment(self) -> None:
        """Take the next number."""
        next(self.numbers)


class ShardedCounter:
    """Count for each thread separately, and add it all up at the end."""

    expected: ClassVar[Expectation] = Expectation(
        why="No two threads write the same item, and the sum is taken when all have ended.",
    )

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}

    @property
    def value(self) -> int:
        """Return the sum."""
        return sum(self.counts.values())

    def increment(self) -> None:
        """Read, call, write what is this thread's own."""
        me = threading.get_ident()
        self.counts[me] = self.counts.get(me, 0) + one()


class OptimisticCounter(Plain):
    """Compute without the lock, then write if nobody else has, or else begin anew."""

    expected: ClassVar[Expectation] = Expectation(
        why="What was computed from a stale count is never written.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.mutex = threading.Lock()

    def increment(self) -> None:
        """Read and call until the count is still what was read when it comes to writing."""
        while True:
            seen = self.count
            if self._compare_and_set(seen, seen + one()):
                return

    def _compare_and_set(self, expected: int, new: int) -> bool:
        with self.mutex:  # stands in for the processor's instruction
            if self.count != expected:
                return False
            self.count = new
            return True
