"""Counters that look alike: which of them count? The table is at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from harness.errors import UsageError
from harness.mutex import Mutex

BOTH = ("free-threaded", "gil")
FREE_THREADED = ("free-threaded",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Say what is known about a counter.

    Args:
        holds: whether every interleaving gives the full total.
        threads: the fewest threads that lose an increment, `None` when it holds.
        iterations: the fewest rounds of each of them, `None` when it holds.
        switches: the fewest switches, `None` when it holds.
        affects: the models in which it loses an increment, empty when it holds.
        why: the reason, in a sentence.
    """

    holds: bool
    threads: int | None = None
    iterations: int | None = None
    switches: int | None = None
    affects: tuple[str, ...] = ()
    why: str


class Counter(Protocol):
    """Be something that threads count with."""

    expected: ClassVar[Expectation]

    @property
    def value(self) -> int:
        """Return how often `increment` was called, if the counter holds."""

    def increment(self) -> None:
        """Add one."""


def one() -> int:
    """Return 1; as a call it lets another thread in between the read and the write."""
    return 1


class _Plain:
    """Keep the count in an attribute that every thread can reach."""

    def __init__(self) -> None:
        self.count = 0

    @property
    def value(self) -> int:
        """Return the count."""
        return self.count


class UnlockedCounter(_Plain):
    """Forget the lock."""

    expected: ClassVar[Expectation] = Expectation(
        holds=False,
        threads=2,
        iterations=1,
        switches=1,
        affects=BOTH,
        why="The count is read, one() is called, and the sum of a stale count is written.",
    )

    def increment(self) -> None:
        """Read, call, write."""
        self.count = self.count + one()


class PlusEqualsCounter(_Plain):
    """Trust that `+=` is one step."""

    expected: ClassVar[Expectation] = Expectation(
        holds=False,
        threads=2,
        iterations=1,
        switches=1,
        affects=FREE_THREADED,
        why="+= reads, then writes; a GIL build happens not to switch in between.",
    )

    def increment(self) -> None:
        """Read and write in one statement."""
        self.count += 1


class LockedCounter(_Plain):
    """Remember the lock."""

    expected: ClassVar[Expectation] = Expectation(
        holds=True,
        why="The lock is held from before the read until after the write.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.mutex = threading.Lock()

    def increment(self) -> None:
        """Read, call, write, all under the lock."""
        with self.mutex:
            self.count = self.count + one()


class MutexCounter:
    """Have no count but the one that the mutex owns."""

    expected: ClassVar[Expectation] = Expectation(
        holds=True,
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


CANDIDATES: tuple[type[Counter], ...] = (
    UnlockedCounter,
    PlusEqualsCounter,
    LockedCounter,
    MutexCounter,
)


def count(make_counter: Callable[[], Counter], threads: int, iterations: int) -> int:
    """Return what a new counter says after `threads` threads incremented it `iterations` times.

    Args:
        make_counter: makes the counter, like one of `CANDIDATES`.
        threads: how many threads count, from 1.
        iterations: how many times each of them increments, from 1.

    Raises:
        UsageError: for a number that is not a whole number from 1.
    """
    for name, number in (("threads", threads), ("iterations", iterations)):
        if type(number) is not int or number < 1:
            raise UsageError(f"count got {name}={number!r}. Give a whole number, 1 or greater.")
    counter = make_counter()
    workers = [
        threading.Thread(target=_increment, args=(counter, iterations)) for _ in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


def _increment(counter: Counter, iterations: int) -> None:
    for _ in range(iterations):
        counter.increment()
