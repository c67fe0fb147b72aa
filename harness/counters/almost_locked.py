"""Counters that do have a lock, and lose increments all the same."""

from __future__ import annotations

import threading
from typing import ClassVar

from harness.counters.expectation import Expectation, loses
from harness.counters.plain import Plain, one


class _WithMutex(Plain):
    """Have a lock."""

    def __init__(self) -> None:
        super().__init__()
        self.mutex = threading.Lock()


class ForgottenPathCounter(_WithMutex):
    """Forget the lock on one of two paths."""

    expected: ClassVar[Expectation] = loses(
        *(2, 1, 1),
        why="Two threads can both be the first, and the first takes no lock.",
    )

    def increment(self) -> None:
        """Take the lock, but not for the first increment, which nobody is in the way of."""
        if self.count == 0:
            self.count = self.count + one()
            return
        with self.mutex:
            self.count = self.count + one()


class LockPerThreadCounter(Plain):
    """Lock, but each thread something else."""

    expected: ClassVar[Expectation] = loses(
        *(2, 1, 1),
        why="Every thread has a lock of its own, which nobody else ever waits for.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.own = threading.local()

    def increment(self) -> None:
        """Read, call, write, all under the wrong lock."""
        with self._mutex():
            self.count = self.count + one()

    def _mutex(self) -> threading.Lock:
        mutex: threading.Lock | None = getattr(self.own, "mutex", None)
        if mutex is None:
            mutex = self.own.mutex = threading.Lock()
        return mutex


class ReleasedBetweenCounter(_WithMutex):
    """Lock the read, and lock the write."""

    expected: ClassVar[Expectation] = loses(
        *(2, 1, 1),
        why="The lock is free between the read and the write.",
    )

    def increment(self) -> None:
        """Read under the lock; call and write under the lock."""
        with self.mutex:
            seen = self.count
        with self.mutex:
            self.count = seen + one()


class TwoPermitsCounter(Plain):
    """Use a semaphore as a lock, with one permit too many."""

    expected: ClassVar[Expectation] = loses(
        *(2, 1, 1),
        why="Two permits let two threads in.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.permits = threading.Semaphore(2)

    def increment(self) -> None:
        """Read, call, write, all with a permit."""
        with self.permits:
            self.count = self.count + one()


class LazyLockCounter(Plain):
    """Create the lock when it is first needed, without a lock."""

    expected: ClassVar[Expectation] = loses(
        *(2, 1, 2),
        why="Both threads find no lock and create one; then one must use its own before the "
        "other's replaces it, and be interrupted while it counts.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.mutex: threading.Lock | None = None

    def increment(self) -> None:
        """Read, call, write, all under the lock, which may be there already."""
        if self.mutex is None:
            self.mutex = threading.Lock()
        with self.mutex:
            self.count = self.count + one()


class CopiedOutsideCounter(_WithMutex):
    """Copy the count before the lock is taken."""

    expected: ClassVar[Expectation] = loses(
        *(2, 1, 1),
        why="The lock protects the write, but what is written was read before it was taken.",
    )

    def increment(self) -> None:
        """Read; then call and write under the lock."""
        seen = self.count
        with self.mutex:
            self.count = seen + one()
