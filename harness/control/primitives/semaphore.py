"""`threading.Semaphore` and `BoundedSemaphore` under control."""

from __future__ import annotations

import threading
from _thread import get_ident
from collections.abc import Callable
from typing import Any

from harness.control.primitives.condition import remember
from harness.control.primitives.lock import patience_without_a_yield, seconds_of
from harness.control.scheduling.scheduler import running

_original_acquire = threading.Semaphore.acquire
_original_release = threading.Semaphore.release
_original_bounded_release = threading.BoundedSemaphore.release


def acquire(self: Any, blocking: bool = True, timeout: float | None = None) -> bool:
    """Take one permit, waiting for one if there is none."""
    if running.thread_ident != get_ident():
        return _original_acquire(self, blocking, timeout)
    if not blocking and timeout is not None:
        raise ValueError("can't specify timeout for non-blocking acquire")
    task = running.current
    remember(self)
    patience = patience_without_a_yield(timeout if blocking else 0)
    running.synchronize(task, "acquire", self, patience=patience)
    if self._value <= 0:
        seconds = seconds_of(timeout)
        if not blocking or seconds == 0:
            return False
        if not running.block(task, lambda: self._value > 0, "acquire", self, seconds):
            return False
    self._value -= 1
    return True


def release(self: Any, n: int = 1) -> None:
    """Give `n` permits back."""
    if running.thread_ident != get_ident():
        _original_release(self, n)
        return
    if n < 1:
        raise ValueError("n must be one or more")
    remember(self)
    running.synchronize(running.current, "release", self)
    self._value += n


def release_bounded(self: Any, n: int = 1) -> None:
    """Give `n` permits back, at most as many as there were."""
    if running.thread_ident != get_ident():
        _original_bounded_release(self, n)
        return
    if n < 1:
        raise ValueError("n must be one or more")
    remember(self)
    running.synchronize(running.current, "release", self)
    if self._value + n > self._initial_value:
        raise ValueError("Semaphore released too many times")
    self._value += n


PATCHES: dict[str, Callable[..., Any]] = {
    "acquire": acquire,
    "release": release,
    "__enter__": acquire,
}
BOUNDED_PATCHES: dict[str, Callable[..., Any]] = {"release": release_bounded}
