"""The controlled `threading.Lock`."""

from __future__ import annotations

import _thread
import threading
from _thread import get_ident
from numbers import Real
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import FOREVER, TIMED, TRIES, Task
from harness.instrument.site import ASKED

_allocate_real = _thread.allocate_lock
_PLAIN_NUMBERS = (int, float)  # to ask an abstract class costs as much as all the rest
_probe = _allocate_real()  # always free: to take it takes no time, whatever the timeout


def checked_timeout(blocking: bool, timeout: float) -> float | None:
    """Return the timeout in seconds, `None` for no limit, or raise what the original raises."""
    # The original checks both, as this version of Python does.
    if _probe.acquire(blocking, timeout):
        _probe.release()
    return None if timeout == -1 else timeout


def seconds_of(timeout: float | None) -> float | None:
    """Return what `threading`'s Python code makes of a timeout: nothing positive is no time at all."""
    if timeout is None:
        return None
    lasts = not timeout <= 0 if _NAN_IS_REFUSED else timeout > 0
    return checked_timeout(True, timeout) if lasts else 0.0


def patience_of(blocking: bool, timeout: float | None) -> int:
    """Say how long an operation waits that is called with these arguments."""
    if not blocking:
        return TRIES
    return FOREVER if timeout is None else TIMED


def patience_without_a_yield(timeout: float | None) -> int:
    """Say how long a wait lasts that lets nobody else go first if there is no time for it."""
    if timeout is None:
        return FOREVER
    is_real = type(timeout) in _PLAIN_NUMBERS or isinstance(timeout, Real)
    return TRIES if is_real and not timeout > 0 else TIMED


def _is_nan_refused() -> bool:
    condition = threading.Condition()
    with condition:
        try:
            return condition.wait(float("nan"))
        except ValueError:
            return True


_NAN_IS_REFUSED = _is_nan_refused()  # from some 3.14 on; before, it was no time at all


class Lock:
    """Be a lock that one task at a time can hold; which contender gets it is a choice."""

    __module__ = "_thread"  # some programs ask, like Trio
    __slots__ = ("__weakref__", "_real", "owner")

    def __init_subclass__(cls) -> None:
        raise TypeError("type '_thread.lock' is not an acceptable base type")

    def __init__(self) -> None:
        self.owner: Task | None = None
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
        running.synchronize(task, "acquire", self, patience=patience_of(blocking, seconds))
        if self.owner is not None and (
            not blocking
            or seconds == 0
            or not running.block(task, self.is_free, "acquire", self, seconds)
        ):
            return False
        self.owner = task
        task.held.append(self)
        return True

    def release(self) -> None:
        if running.thread_ident != get_ident():
            self._outside().release()
            return
        task = running.current
        if self.owner is not task:
            running.asked_at_release = ASKED
        running.synchronize(task, "release", self, running.asked_at_release)
        owner = self.owner
        if owner is None:
            raise RuntimeError("release unlocked lock")
        owner.held.remove(self)
        self.owner = None

    def __enter__(self) -> bool:
        if running.thread_ident != get_ident():
            return bool(self._outside().acquire())
        task = running.current
        if running.ident:  # synchronize(), written out: every `with` comes here
            task.points = point = task.points + 1
            if running.watching or point >= task.stop_at:
                running.stop(task, point, "acquire", self)
            if running.observer is not None:
                running.observer.synchronize(task, "acquire", self)
        if self.owner is not None:
            running.block(task, self.is_free, "acquire", self)
        self.owner = task
        task.held.append(self)
        return True

    def __exit__(self, *_: object) -> None:
        if running.thread_ident != get_ident():
            self._outside().release()
            return
        if running.ident:  # as in __enter__
            task = running.current
            task.points = point = task.points + 1
            asked = running.asked_at_release
            if (running.watching and asked) or point >= task.stop_at:
                running.stop(task, point, "release", self, asked)
            if running.observer is not None:
                running.observer.synchronize(task, "release", self)
        owner = self.owner
        if owner is None:
            raise RuntimeError("release unlocked lock")
        owner.held.remove(self)
        self.owner = None

    def locked(self) -> bool:
        if running.thread_ident != get_ident():
            return bool(self._outside().locked())
        running.asked_at_release = ASKED
        running.synchronize(running.current, "locked", self)
        return self.owner is not None

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def is_free(self) -> bool:
        """Say whether a task could take it; no switch point."""
        return self.owner is None

    # What conditions need: give it up and take it back as a part of one operation.

    def is_mine(self, task: Task) -> bool:
        """Say whether it is held, by anyone: a plain lock has no owner that it checks."""
        return self.owner is not None

    def give_up(self) -> tuple[Task, int]:
        """Free it whoever holds it, and return what `take_back` needs."""
        owner = self.owner
        assert owner is not None
        owner.held.remove(self)
        self.owner = None
        return owner, 1

    def can_take(self, task: Task) -> bool:
        """Say whether `task` could take it now; no switch point."""
        return self.owner is None

    def take_back(self, task: Task, saved: tuple[Task, int]) -> None:
        """Take it as it was before `give_up`."""
        self.owner = task
        task.held.append(self)

    def forget(self) -> None:
        """Become free at the end of an execution that left it held."""
        self.owner = None

    def stand_for(self, real: Any) -> None:
        """Be that lock for other OS threads, which use it as ever."""
        self._real = real

    def _outside(self) -> Any:
        if self._real is None:
            self._real = _allocate_real()
        return self._real

    def _at_fork_reinit(self) -> None:
        self.owner = None
        self._real = None

    def __repr__(self) -> str:
        state = "locked" if self.owner is not None else "unlocked"
        return f"<{state} controlled lock>"
