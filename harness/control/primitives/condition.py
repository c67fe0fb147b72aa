"""`threading.Condition` under control: waiting and waking are one operation each."""

from __future__ import annotations

import sys
import threading
from _thread import get_ident
from collections import deque
from collections.abc import Callable
from typing import Any

from harness.control.primitives.lock import Lock, seconds_of
from harness.control.primitives.rlock import RLock
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import ASLEEP, FOREVER, TIMED, Task
from harness.instrument.site import ASKED
from harness.twin import controlled_twin

_original_init = threading.Condition.__init__
_original_wait = threading.Condition.wait
_original_notify = threading.Condition.notify

# What was made before the exploration, like conditions and events: (it, what its instance dict held).
_adopted: dict[int, tuple[Any, dict[str, Any]]] = {}
_CONTROLLED = (Lock, RLock)
_METHODS = ["acquire", "release", "_release_save", "_acquire_restore", "_is_owned"]
if sys.version_info >= (3, 14):
    _METHODS.append("locked")


class _Waiter:
    """Be one task's place in the queue of a condition."""

    __slots__ = ("condition_lock", "notified", "task")

    def __init__(self, task: Task, condition_lock: Lock | RLock) -> None:
        self.task = task
        self.condition_lock = condition_lock
        self.notified = False

    def release(self) -> None:
        """Wake the task; the name is what the original `notify` calls."""
        self.notified = True
        if self.task.ready is ASLEEP:
            self.task.ready = self.condition_lock.is_free
            running.situation += 1

    def can_go_on(self) -> bool:
        return self.notified and self.condition_lock.can_take(self.task)


def initialize(self: Any, lock: Any = None) -> None:
    """Initialize as the original, which catches an exception for all that a plain lock lacks."""
    if running.thread_ident == get_ident():
        if lock is None:
            lock = RLock()
        kind = type(lock)
        if kind in _CONTROLLED:
            self._lock = lock
            self.acquire = lock.acquire
            self.release = lock.release
            if kind is RLock:
                self._release_save = lock._release_save
                self._acquire_restore = lock._acquire_restore
                self._is_owned = lock._is_owned
            self._waiters = deque()
            return
    _original_init(self, lock)


def wait(self: Any, timeout: float | None = None) -> bool:
    """Give the lock up, sleep until notified or out of time, and take the lock back."""
    if running.thread_ident != get_ident():
        return _original_wait(self, timeout)
    lock = self._lock
    if type(lock) not in _CONTROLLED:
        lock = _lock_of(self)
        if lock is None:
            return _original_wait(self, timeout)
    task = running.current
    if lock.owner is not task:
        if not lock.is_mine(task):
            raise RuntimeError("cannot wait on un-acquired lock")
        running.asked_at_release = ASKED
    waiter = _Waiter(task, lock)
    seconds, patience, ready = None, FOREVER, ASLEEP
    if timeout is not None:
        seconds, patience, ready = seconds_of(timeout), TIMED, waiter.can_go_on
        running.asked_at_release = ASKED
    running.synchronize(task, "wait", self, running.asked_at_release, patience=patience)
    self._waiters.append(waiter)
    saved = lock.give_up()
    try:
        if running.block(task, ready, "wait", self, seconds):
            return True
        in_time = waiter.notified
        if not lock.can_take(task):
            running.block(task, lock.is_free, "acquire", lock)
        if not waiter.notified:  # until here a notification may have gone to it, and is lost
            self._waiters.remove(waiter)
        return in_time
    finally:
        if not running.killing or lock.is_free():
            lock.take_back(task, saved)


def notify(self: Any, n: int = 1) -> None:
    """Wake the first `n` waiters, in the order in which they began to wait."""
    if running.thread_ident != get_ident():
        _original_notify(self, n)
        return
    lock = self._lock
    if type(lock) not in _CONTROLLED:
        lock = _lock_of(self)
        if lock is None:
            _original_notify(self, n)
            return
    task = running.current
    if lock.owner is not task:
        if not lock.is_mine(task):
            raise RuntimeError("cannot notify on un-acquired lock")
        running.asked_at_release = ASKED
    if running.ident:  # synchronize(), written out: a queue notifies whenever it is used
        task.points = point = task.points + 1
        asked = running.asked_at_release
        if (running.watching and asked) or point >= task.stop_at:
            running.stop(task, point, "notify", self, asked)
        if running.observer is not None:
            running.observer.synchronize(task, "notify", self)
    waiters = self._waiters
    while waiters and n > 0:
        waiters.popleft().release()
        n -= 1


def enter(self: Any) -> Any:
    """Take the condition's lock, or its twin."""
    if type(self._lock) not in _CONTROLLED and running.thread_ident == get_ident():
        adopt(self)
    return self._lock.__enter__()


def leave(self: Any, kind: Any = None, error: Any = None, traceback: Any = None) -> Any:
    """Free the condition's lock."""
    lock = self._lock
    if type(lock) in _CONTROLLED:
        return lock.__exit__()
    return lock.__exit__(kind, error, traceback)


def adopt(condition: Any) -> None:
    """Let a condition that keeps a real lock use the lock's twin until `release_adopted`."""
    old = condition._lock
    if type(old) in _CONTROLLED:
        return
    lock = controlled_twin(old)
    if lock is old or id(condition) in _adopted:
        return
    keep_fields(condition)
    condition._lock = lock
    condition._waiters = type(condition._waiters)()
    for name in _METHODS:
        method = getattr(lock, name, None)
        if method is not None:
            condition.__dict__[name] = method
        else:
            condition.__dict__.pop(name, None)


def is_adopted(condition: Any) -> bool:
    """Say whether it was made before the exploration, and stands on a twin now."""
    return id(condition) in _adopted


def remember(primitive: Any) -> None:
    """Let an event or a semaphore that was made early be as it is now after the execution."""
    if type(primitive._cond._lock) is not Lock:
        keep_fields(primitive)


def keep_fields(owner: Any) -> None:
    """Let an object be as it is now after the execution."""
    if id(owner) not in _adopted:
        _adopted[id(owner)] = (owner, dict(owner.__dict__))
        running.has_remains = True


def release_adopted() -> None:
    """Give everything that was made early back what it had."""
    for primitive, old in _adopted.values():
        primitive.__dict__.clear()
        primitive.__dict__.update(old)
    _adopted.clear()


def _lock_of(condition: Any) -> Lock | RLock | None:
    lock = condition._lock
    if type(lock) not in _CONTROLLED:
        adopt(condition)
        lock = condition._lock
    return lock if type(lock) in _CONTROLLED else None


PATCHES: dict[str, Callable[..., Any]] = {
    "__enter__": enter,
    "__exit__": leave,
    "wait": wait,
    "notify": notify,
}
if sys.version_info < (3, 12):
    PATCHES["__init__"] = initialize
