"""Counters whose every increment holds one lock, from before the read until after the write."""

from __future__ import annotations

import threading
from typing import ClassVar

from harness.counters.expectation import Expectation
from harness.counters.plain import Plain, one


class LockedCounter(Plain):
    """Remember the lock."""

    expected: ClassVar[Expectation] = Expectation(
        why="The lock is held from before the read until after the write.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.mutex = threading.Lock()

    def increment(self) -> None:
        """Read, call, write, all under the lock."""
        with self.mutex:
            self.count = self.count + one()


class RLockCounter(Plain):
    """Take the lock twice, which a lock of this kind allows its owner."""

    expected: ClassVar[Expectation] = Expectation(
        why="The lock is free again only when its owner has released it as often as taken it.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.mutex = threading.RLock()

    def increment(self) -> None:
        """Read, call, write, all under the lock."""
        with self.mutex:
            self._add()

    def _add(self) -> None:
        with self.mutex:
            self.count = self.count + one()


class SemaphoreCounter(Plain):
    """Use a semaphore with one permit as a lock."""

    expected: ClassVar[Expectation] = Expectation(
        why="There is one permit, so one thread at a time is between the read and the write.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.permits = threading.Semaphore(1)

    def increment(self) -> None:
        """Read, call, write, all with the permit."""
        with self.permits:
            self.count = self.count + one()


class ConditionCounter(Plain):
    """Use the lock of a condition that nobody waits for."""

    expected: ClassVar[Expectation] = Expectation(
        why="Entering a condition takes its lock, and notifying does not release it.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.changed = threading.Condition()

    def increment(self) -> None:
        """Read, call, write and notify, all under the condition's lock."""
        with self.changed:
            self.count = self.count + one()
            self.changed.notify_all()
