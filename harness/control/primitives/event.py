"""`threading.Event` under control."""

from __future__ import annotations

import threading
from _thread import get_ident
from collections.abc import Callable
from typing import Any

from harness.control.primitives.condition import remember
from harness.control.primitives.lock import patience_without_a_yield, seconds_of
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import ASLEEP, Task

_original = {name: getattr(threading.Event, name) for name in ("is_set", "set", "clear", "wait")}


def is_set(self: Any) -> bool:
    """Say whether the flag is true."""
    if running.thread_ident == get_ident():
        running.synchronize(running.current, "is_set", self)
    return bool(self._flag)


def set_(self: Any) -> None:
    """Make the flag true; everybody who waits for it can go on, even if it is cleared again."""
    if running.thread_ident != get_ident():
        _original["set"](self)
        return
    remember(self)
    running.synchronize(running.current, "set", self)
    self._flag = True
    waiters = self._cond._waiters
    while waiters:
        waiters.popleft().release()


def clear(self: Any) -> None:
    """Make the flag false."""
    if running.thread_ident != get_ident():
        _original["clear"](self)
        return
    remember(self)
    running.synchronize(running.current, "clear", self)
    self._flag = False


def wait(self: Any, timeout: float | None = None) -> bool:
    """Wait until the flag is true, at most `timeout` seconds."""
    if running.thread_ident != get_ident():
        return bool(_original["wait"](self, timeout))
    task = running.current
    running.synchronize(task, "wait", self, patience=patience_without_a_yield(timeout))
    if self._flag:
        return True
    seconds = seconds_of(timeout)
    if seconds == 0:
        return False
    waiter = _Waiter(task)
    self._cond._waiters.append(waiter)
    try:
        ready = ASLEEP if seconds is None else waiter.is_notified
        return running.block(task, ready, "wait", self, seconds)
    finally:
        if not waiter.notified:
            self._cond._waiters.remove(waiter)


class _Waiter:
    """Be one task that waits for the flag."""

    __slots__ = ("notified", "task")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.notified = False

    def release(self) -> None:
        """Wake the task; the name is what the original `notify` calls."""
        self.notified = True
        if self.task.ready is ASLEEP:
            self.task.ready = self.is_notified
            running.situation += 1

    def is_notified(self) -> bool:
        return self.notified


PATCHES: dict[str, Callable[..., Any]] = {
    "is_set": is_set,
    "set": set_,
    "clear": clear,
    "wait": wait,
}
