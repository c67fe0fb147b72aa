"""`queue.SimpleQueue` under control: the standard library's own version in Python."""

from __future__ import annotations

import queue
from _thread import get_ident
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import FOREVER, TRIES


class SimpleQueue(queue._PySimpleQueue):  # type: ignore[name-defined, misc]  # it has no public name
    """Be an unbounded queue that checks its arguments as the version in C does."""

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add an item in one step: no task can run between the release and what follows it."""
        if running.thread_ident == get_ident():
            count = self._count
            running.synchronize(running.current, "release", count)
            count._value += 1
            self._queue.append(item)
        else:
            super().put(item)

    def empty(self) -> bool:
        return self.qsize() == 0

    def qsize(self) -> int:
        if running.thread_ident == get_ident():
            running.synchronize(running.current, "qsize", self._count)
        return len(self._queue)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not block:
            timeout = None
        elif timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        count = self._count
        if timeout is None and running.thread_ident == get_ident():  # as the semaphore does
            task = running.current
            running.synchronize(task, "acquire", count, patience=FOREVER if block else TRIES)
            if count._value <= 0:
                if not block:
                    raise queue.Empty
                running.block(task, lambda: count._value > 0, "acquire", count)
            count._value -= 1
        elif not count.acquire(bool(block), timeout):
            raise queue.Empty
        return self._queue.popleft()
