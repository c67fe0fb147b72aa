"""The locks and semaphores of `multiprocessing` under control, as the threads of a process use them.

All of them are Python code around a semaphore of C, which would block the whole process, and which
takes all tasks of one OS thread for one. Values and arrays that processes share have them, too.
"""

from __future__ import annotations

import gc
import os
import sys
from _thread import get_ident
from collections.abc import Callable, Iterable
from typing import Any
from weakref import ref

from harness.control.primitives.condition import keep_fields
from harness.control.primitives.lock import patience_of
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task
from harness.instrument.site import NOT_ASKED
from harness.kinds import is_a, is_any_of

MODULE = "multiprocessing.synchronize"
_RECURSIVE = 0  # the kind of what its owner can take again; others can be released by anyone
_BY_C = "_multiprocessing"


class SemLock:
    """Be the semaphore of C that a lock or a semaphore is made of.

    Args:
        kind: whether its owner can take it again.
        value: how many permits it has.
        maxvalue: how many it can have.
        name: how other processes find it; no child process can be started from a body.
        unlink: whether the name is forgotten at once.
    """

    of_c: Any = None
    SEM_VALUE_MAX = (1 << 31) - 1
    handle = 0
    name = None

    def __init__(
        self, kind: int, value: int, maxvalue: int, name: str = "", unlink: bool = True
    ) -> None:
        self.kind = kind
        self.maxvalue = maxvalue
        self._value = value
        self._taken = 0  # how often, less how often it was released
        self._last: Task | None = None  # who took it last
        self._real: Any = None  # what stands in for it outside an execution, or is stood for
        if running.observer is not None:
            running.observer.create(self)

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take a permit, waiting for one if there is none."""
        if running.thread_ident != get_ident():
            return bool(self._outside().acquire(block, timeout))
        self._keep()
        task = running.current
        seconds = None if timeout is None else max(float(timeout), 0.0)
        patience = patience_of(block, seconds)
        if self.kind == _RECURSIVE and self._is_mine():  # nobody else can tell
            running.synchronize(task, "acquire", self, NOT_ASKED, patience=patience)
            self._taken += 1
            return True
        running.synchronize(task, "acquire", self, patience=patience)
        if self._is_zero() and (
            not block
            or seconds == 0
            or not running.block(task, self.is_free, "acquire", self, seconds)
        ):
            return False
        self._value -= 1
        self._taken += 1
        self._last = task
        return True

    def release(self) -> None:
        """Give a permit back."""
        if running.thread_ident != get_ident():
            self._outside().release()
            return
        self._keep()
        running.synchronize(running.current, "release", self)
        if self.kind == _RECURSIVE:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
        elif self._value >= self.maxvalue:
            raise ValueError("semaphore or lock released too many times")
        self._taken -= 1
        if self.kind != _RECURSIVE or not self._taken:
            self._value += 1

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def is_free(self) -> bool:
        """Say whether a task could take it; no switch point."""
        return self._value > 0

    def stand_for(self, real: Any) -> SemLock:
        """Be that semaphore, which was made early."""
        self._real = real
        return self

    def _count(self) -> int:
        return self._taken

    def _is_mine(self) -> bool:
        return self._taken > 0 and self._last is running.current

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        self._taken = 0

    def _keep(self) -> None:
        if self._real is not None:  # it was made early
            keep_fields(self)

    def _outside(self) -> Any:
        if self._real is None:
            name = f"/hypothread-{os.getpid()}-{id(self)}"
            self._real = self.of_c(self.kind, self._value, self.maxvalue, name, True)
        return self._real


def patches() -> Iterable[tuple[Any, str, Any]]:
    """Return what is replaced for an exploration, once the module has been imported."""
    SemLock.of_c = sys.modules[_BY_C].SemLock
    yield sys.modules[_BY_C], "SemLock", SemLock


def begin() -> Callable[[], None]:
    """Exchange the semaphores of all that was made early; return what puts them back."""
    kind = sys.modules[MODULE].SemLock
    early = [one for one in _registered() if is_a(one, kind)]
    changed = [*early, *_holders.of(early)]
    kept = [(one, dict(one.__dict__)) for one in changed]
    for one in early:
        real = one._semlock
        if not real._is_zero():  # or somebody outside holds it
            one._semlock = SemLock(real.kind, real._get_value(), real.maxvalue).stand_for(real)
            one._make_methods()
    for one in changed[len(early) :]:
        one.acquire, one.release = one._lock.acquire, one._lock.release

    def put_back() -> None:
        for one, fields in kept:
            one.__dict__.update(fields)

    return put_back


class _Holders:
    """Know what has taken the methods of a lock that was made early: conditions and values."""

    def __init__(self) -> None:
        self._looked_at = 0
        self._found: list[ref[Any]] = []

    def of(self, early: list[Any]) -> list[Any]:
        """Return them all; the heap is searched when there are other locks than before."""
        looked_at = hash(tuple(map(id, early)))
        if early and looked_at != self._looked_at:
            shared = sys.modules.get("multiprocessing.sharedctypes")
            kinds = [sys.modules[MODULE].Condition]
            kinds += [] if shared is None else [shared.SynchronizedBase]
            self._found = [ref(one) for one in gc.get_objects() if is_any_of(one, tuple(kinds))]
            self._looked_at = looked_at
        alive = [one() for one in self._found]
        locks = set(map(id, early))
        return [one for one in alive if one is not None and id(one._lock) in locks]


_holders = _Holders()


def _registered() -> list[Any]:
    return list(sys.modules["multiprocessing.util"]._afterfork_registry.values())
