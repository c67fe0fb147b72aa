"""`queue.SimpleQueue` under control: the standard library's own version in Python."""

from __future__ import annotations

import queue
import threading
from _thread import get_ident
from collections import deque
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import FOREVER, TRIES

RealSimpleQueue = queue.SimpleQueue


class CountOfItems(threading.Semaphore):
    """Be a semaphore with as many permits as a queue has items: to take one is to get an item."""

    def __init__(self, value: int) -> None:
        super().__init__(value)
        if running.observer is not None:
            running.observer.create(self)


class SimpleQueue(queue._PySimpleQueue):  # type: ignore[name-defined, misc]  # it has no public name
    """Be an unbounded queue that checks its arguments as the version in C does."""

    def __init__(self) -> None:
        self._queue: Any = deque()
        self._count = CountOfItems(0)

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


class EarlyQueue(SimpleQueue):
    """Stand for a real queue, which goes on keeping the items.

    Args:
        real: what was made before the exploration.
    """

    def __init__(self, real: RealSimpleQueue[Any]) -> None:
        self._real = real
        self._queue = _Items(real)
        self._count = _CountOfRealItems(real)

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if running.thread_ident == get_ident():
            super().put(item, block, timeout)
        else:
            self._real.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if running.thread_ident == get_ident():
            return super().get(block, timeout)
        return self._real.get(block, timeout)


def resource_of(candidate: Any) -> Any:
    """Return what tasks wait for that use an early queue; everything else comes back as it is."""
    return candidate._count if type(candidate) is EarlyQueue else candidate


class _Items:
    """Be the items of a real queue, in a step each."""

    def __init__(self, real: RealSimpleQueue[Any]) -> None:
        self.append = real.put
        self.popleft = real.get_nowait
        self._real = real

    def __len__(self) -> int:
        return self._real.qsize()


class _CountOfRealItems(CountOfItems):
    """Let a real queue count."""

    def __init__(self, real: RealSimpleQueue[Any]) -> None:
        self._real = real
        super().__init__(0)

    @property
    def _value(self) -> int:
        return self._real.qsize()

    @_value.setter
    def _value(self, value: int) -> None:
        pass  # what is put and taken counts
