"""Which lock protects each location, from the accesses of one execution.

Savage, Burrows, Nelson, Sobalvarro and Anderson: "Eraser: A Dynamic Data Race Detector for
Multithreaded Programs", TOCS 1997. Refined by happens-before, as in O'Callahan and Choi: "Hybrid
Dynamic Data Race Detection", PPoPP 2003: accesses that starting, joining or a hand-over through
a queue, an event, a semaphore or a condition orders need no common lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Locks = frozenset[int]


class Access(NamedTuple):
    """Be what is compared of an access.

    Args:
        task: who made it.
        epoch: the task's own clock then.
        locks: the identities of the locks that it held.
        write: whether it wrote.
    """

    task: int
    epoch: int
    locks: Locks
    write: bool


@dataclass(slots=True)
class LocationHistory:
    """Be the distinct accesses to one location.

    Args:
        label: what to call the location.
        line: the line of its first access.
    """

    label: str
    line: tuple[str, int]
    accesses: dict[Access, None] = field(default_factory=dict)
    common: Locks | None = None  # what all concurrent conflicting pairs have; None: there is none
    unprotected: set[Access] = field(default_factory=set)  # of pairs without a common lock
    updates: dict[int, int] = field(default_factory=dict)  # task -> point of its first write

    def add(self, access: Access, clock: Sequence[int], point: int) -> None:
        """Compare an access with those before it.

        Args:
            access: the access.
            clock: the task's vector clock: what it knows of every task's own clock.
            point: the number of the task's switch point just before the access.
        """
        if access in self.accesses:
            return
        if access.write:
            self.updates.setdefault(access.task, point)
        for other in self.accesses:
            if other.task == access.task or not (other.write or access.write):
                continue
            if other.task < len(clock) and clock[other.task] >= other.epoch:
                continue  # it happened before
            both = other.locks & access.locks
            self.common = both if self.common is None else self.common & both
            if not both:
                self.unprotected |= {other, access}
        self.accesses[access] = None


@dataclass(frozen=True, slots=True)
class Protection:
    """Say how one location is protected.

    Args:
        label: what to call the location.
        line: the file and line of its first access.
        locks: the names of the locks that are held at every concurrent access.
        writers: the tasks that write it under no common lock.
        readers: the tasks that only read it while another may write it under no common lock.
        update: the task and the switch point just before the first write of them all.
        owned: whether a `Mutex` owns it, so that nobody gets there without the lock.
    """

    label: str
    line: tuple[str, int]
    locks: tuple[str, ...] = ()
    writers: tuple[int, ...] = ()
    readers: tuple[int, ...] = ()
    update: tuple[int, int] = (0, 0)
    owned: bool = False

    @property
    def is_missing(self) -> bool:
        """Say whether two tasks can be at the location at a time, one of them writing."""
        return bool(self.writers)

    def __str__(self) -> str:
        if self.owned:
            return f"`{self.label}`: a Mutex owns it, so nobody reaches it without the lock"
        if self.locks:
            return (
                f"`{self.label}`: always under {' and '.join(f'`{lock}`' for lock in self.locks)}"
            )
        readers = f", read by {tasks_text(self.readers)}," if self.readers else ""
        return (
            f"`{self.label}`: written by {tasks_text(self.writers)}{readers} under no common lock"
        )


def protection_of(history: LocationHistory, names: dict[int, str]) -> Protection | None:
    """Say how a location is protected; `None` if no two tasks can be at it at a time.

    Args:
        history: the accesses to the location.
        names: the locks' names by identity.
    """
    if history.common is None:
        return None
    if not history.unprotected:
        if not history.common:  # each pair has some lock, but not all the same
            locks = sorted({names[lock] for access in history.accesses for lock in access.locks})
            return Protection(history.label, history.line, tuple(locks))
        locks = sorted(names[lock] for lock in history.common)
        return Protection(history.label, history.line, tuple(locks))
    writers = {access.task for access in history.unprotected if access.write}
    readers = {access.task for access in history.unprotected} - writers
    first = min(writers)
    return Protection(
        history.label,
        history.line,
        writers=tuple(sorted(writers)),
        readers=tuple(sorted(readers)),
        update=(first, history.updates[first]),
    )


def tasks_text(tasks: Sequence[int]) -> str:
    """Name tasks: `T1`, `T1 and T3`, `T1 to T10`."""
    if len(tasks) > 2 and tasks[-1] - tasks[0] == len(tasks) - 1:  # noqa: PLR2004  from and to
        return f"T{tasks[0]} to T{tasks[-1]}"
    names = [f"T{task}" for task in tasks]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
