"""A counter whose mutex owns the count."""

from __future__ import annotations

from typing import ClassVar

from harness.counters.expectation import Expectation
from harness.counters.plain import one
from harness.mutex import Mutex


class MutexCounter:
    """Have no count but the one that the mutex owns."""

    expected: ClassVar[Expectation] = Expectation(
        why="The count cannot be reached without holding the lock.",
    )

    def __init__(self) -> None:
        self.mutex = Mutex(0)

    @property
    def value(self) -> int:
        """Return the count."""
        with self.mutex.lock() as guard:
            return guard.value

    def increment(self) -> None:
        """Read, call, write, through the guard."""
        with self.mutex.lock() as guard:
            guard.value = guard.value + one()
