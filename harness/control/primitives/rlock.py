"""The controlled `threading.RLock`."""

from __future__ import annotations

import _thread
from _thread import get_ident
from typing import Any

from harness.control.primitives.lock import checked_timeout, patience_of
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task
from harness.instrument.site import ASKED, NOT_ASKED

_RealRLock = _thread.RLock


class RLock:
    """Be a lock that its owner can take again; it is free after as many releases."""

    __module__ = "_thread"  # some programs ask, like Trio
    __slots__ = ("__weakref__", "_depth", "_real", "owner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args or kwargs:
            _RealRLock(*args, **kwargs)  # warns or raises as this version does
        self.owner: Task | None = None
        self._depth = 0
        self._real: Any = None  # what stands in for it outside an execution
        if running.observer is not None:
            running.observer.create(self)

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if running.thread_ident != get_ident():
            return bool(self._outside().acquire(blocking, timeout))
        plain = timeout == -1 and type(blocking) is bool
        seconds = None if plain else checked_timeout(blocking, timeout)
        if not blocking or seconds is not None:
            running.asked_at_release = ASKED
        task = running.current
        patience = patience_of(blocking, seconds)
        if self.owner is task:  # nobody else can tell
            running.synchronize(task, "acquire", self, NOT_ASKED, patience=patience)
            self._depth += 1
            return True
        running.synchronize(task, "acquire", self, patience=patience)
        if self.owner is not None and (
            not blocking
            or seconds == 0
            or not running.block(task, self.is_free, "acquire", self, seconds)
        ):
            return False
        self.owner = task
        self._depth = 1
        task.held.append(self)
        return True

    def release(self) -> None:
        if running.thread_ident != get_ident():
            self._outside().release()
            return
        task = running.current
        asked = running.asked_at_release if self._depth == 1 else NOT_ASKED
        running.synchronize(task, "release", self, asked)
        if self.owner is not task:
            raise RuntimeError("cannot release un-acquired lock")
        self._depth -= 1
        if self._depth == 0:
            task.held.remove(self)
            self.owner = None

    def __enter__(self) -> bool:
        if running.thread_ident != get_ident():
            return bool(self._outside().acquire())
        task = running.current
        if running.ident:  # synchronize(), written out: every `with` comes here
            task.points = point = task.points + 1
            asked = NOT_ASKED if self.owner is task else ASKED
            if (running.watching and asked) or point >= task.stop_at:
                running.stop(task, point, "acquire", self, asked)
            if running.observer is not None:
                running.observer.synchronize(task, "acquire", self)
        if self.owner is task:
            self._depth += 1
            return True
        if self.owner is not None:
            running.block(task, self.is_free, "acquire", self)
        self.owner = task
        self._depth = 1
        task.held.append(self)
        return True

    def __exit__(self, *_: object) -> None:
        if running.thread_ident != get_ident():
            self._outside().release()
            return
        task = running.current
        if running.ident:  # as in __enter__
            task.points = point = task.points + 1
            asked = running.asked_at_release if self._depth == 1 else NOT_ASKED
            if (running.watching and asked) or point >= task.stop_at:
                running.stop(task, point, "release", self, asked)
            if running.observer is not None:
                running.observer.synchronize(task, "release", self)
        if self.owner is not task:
            raise RuntimeError("cannot release un-acquired lock")
        self._depth -= 1
        if self._depth == 0:
            task.held.remove(self)
            self.owner = None

    if hasattr(_RealRLock, "locked"):  # 3.14 and later

        def locked(self) -> bool:
            if running.thread_ident != get_ident():
                return bool(self._outside().locked())
            running.asked_at_release = ASKED
            running.synchronize(running.current, "locked", self)
            return self.owner is not None

    @property
    def depth(self) -> int:
        """Return how often its owner has taken it."""
        return self._depth

    def is_free(self) -> bool:
        """Say whether a task could take it; no switch point."""
        return self.owner is None

    def is_mine(self, task: Task) -> bool:
        """Say whether `task` holds it."""
        return self.owner is task

    def give_up(self) -> tuple[Task, int]:
        """Free it completely, and return what `take_back` needs."""
        owner = self.owner
        if owner is None:
            raise RuntimeError("cannot release un-acquired lock")
        saved = (owner, self._depth)
        owner.held.remove(self)
        self.owner = None
        self._depth = 0
        return saved

    def can_take(self, task: Task) -> bool:
        """Say whether `task` could take it now; no switch point."""
        return self.owner is None or self.owner is task

    def take_back(self, task: Task, saved: tuple[Task, int]) -> None:
        """Take it as deep as it was before `give_up`."""
        self.owner = task
        self._depth = saved[1]
        task.held.append(self)

    def forget(self) -> None:
        """Become free at the end of an execution that left it held."""
        self.owner = None
        self._depth = 0

    # What the standard library's Condition expects of an RLock.

    def _is_owned(self) -> bool:
        if running.thread_ident != get_ident():
            return bool(self._outside()._is_owned())
        return self.owner is running.current

    def _release_save(self) -> Any:
        if running.thread_ident != get_ident():
            return self._outside()._release_save()
        running.synchronize(running.current, "release", self)
        return self.give_up()

    def _acquire_restore(self, saved: Any) -> None:
        if running.thread_ident != get_ident():
            self._outside()._acquire_restore(saved)
            return
        task = running.current
        running.synchronize(task, "acquire", self)
        if self.owner is not None:
            running.block(task, self.is_free, "acquire", self)
        self.take_back(task, saved)

    if hasattr(_RealRLock, "_recursion_count"):  # the first releases of 3.11 do not

        def _recursion_count(self) -> int:
            if running.thread_ident != get_ident():
                return int(self._outside()._recursion_count())
            return self._depth if self.owner is running.current else 0

    def stand_for(self, real: Any) -> None:
        """Be that lock for other OS threads, which use it as ever."""
        self._real = real

    def _outside(self) -> Any:
        if self._real is None:
            self._real = _RealRLock()
        return self._real

    def _at_fork_reinit(self) -> None:
        self.owner = None
        self._depth = 0
        self._real = None

    def __repr__(self) -> str:
        state = "unlocked" if self.owner is None else "locked"
        return f"<{state} controlled RLock owner={self.owner!r} count={self._depth}>"
