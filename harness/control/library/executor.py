"""`concurrent.futures.ThreadPoolExecutor`: the standard library's own, on controlled primitives.

What it keeps beyond one execution is looked after: the numbers in its threads' names, and the
threads of an executor that a module made early. It keeps threads and futures in sets, whose order
would follow addresses: so both have a hash that is the same in each execution.
"""

from __future__ import annotations

import concurrent.futures._base as futures
import concurrent.futures.thread as pools
import queue
import threading
from _thread import get_ident
from typing import Any

from harness.control.library.callbacks import announced, site_of_calls
from harness.control.primitives.condition import adopt, is_adopted, keep_fields
from harness.control.primitives.rlock import RLock
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task

_original_init = pools.ThreadPoolExecutor.__init__
_original_submit = pools.ThreadPoolExecutor.submit
_original_shutdown = pools.ThreadPoolExecutor.shutdown
_original_add_done_callback = futures.Future.add_done_callback
_original_acquire_futures = futures._AcquireFutures.__init__
_OF_WORKER = site_of_calls(pools._worker)
_OF_WORK = site_of_calls(pools._WorkItem.run)
_OF_FUTURE = site_of_calls(futures.Future._invoke_callbacks)  # type: ignore[attr-defined]
_EPOCH = "_hypothread_epoch"
_NUMBER = "_hypothread_number"


def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
    """Initialize as the original, and note which execution has made it."""
    if running.thread_ident == get_ident():
        self._hypothread_epoch = running.epoch
        if "initializer" in kwargs:
            kwargs["initializer"] = announced(kwargs["initializer"], _OF_WORKER)
        args = (*args[:2], *[announced(one, _OF_WORKER) for one in args[2:3]], *args[3:])
    _original_init(self, *args, **kwargs)


def submit(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Submit as the original, to threads of this execution."""
    if running.thread_ident != get_ident():
        return _original_submit(self, fn, *args, **kwargs)
    _adopt(self)
    future: Any = _original_submit(self, announced(fn, _OF_WORK), *args, **kwargs)
    # That of its creation, whoever puts it into a set.
    future._hypothread_number = running.current.next_number()
    return future


def add_done_callback(self: Any, fn: Any) -> None:
    """Add a callback as the original."""
    _original_add_done_callback(self, announced(fn, _OF_FUTURE))


def look_for_futures(self: Any, fs: Any) -> None:
    """Take futures in hand that were made early; their conditions are about to be acquired."""
    if running.thread_ident == get_ident():
        for future in fs:
            adopt(future._condition)
    _original_acquire_futures(self, fs)


def shutdown(self: Any, *args: Any, **kwargs: Any) -> None:
    """Shut down as the original, but only until the end of the execution if it was made before."""
    if running.thread_ident == get_ident():
        _adopt(self)
    _original_shutdown(self, *args, **kwargs)


def is_idle_worker(task: Task) -> bool:
    """Say whether it waits for work that an executor might still get, as at the end of a program."""
    work = getattr(task.thread, "_hypothread_work", None)
    return work is not None and task.resource is getattr(work, "_count", task)


def _adopt(executor: Any) -> None:
    """Let an executor that was made before this execution have no threads yet."""
    if getattr(executor, _EPOCH, 0) == running.epoch:
        return
    keep_fields(executor)
    executor.__dict__.update(
        {
            _EPOCH: running.epoch,
            "_work_queue": queue.SimpleQueue(),
            "_idle_semaphore": threading.Semaphore(0),
            "_threads": set(),
            "_shutdown_lock": threading.Lock(),
        }
    )


def _hash_of_future(self: Any) -> int:
    number: int | None = getattr(self, _NUMBER, None)
    if number is None:
        condition = getattr(self, "_condition", None)
        if is_adopted(condition) or type(getattr(condition, "_lock", None)) is not RLock:
            return object.__hash__(self)  # it was made outside
        number = self._hypothread_number = running.current.next_number()
    return number


def _hash_of_thread(self: Any) -> int:
    number: int | None = getattr(self, _NUMBER, None)
    if number is None:
        if not hasattr(self, _EPOCH):
            return object.__hash__(self)  # it was made outside
        number = self._hypothread_number = running.current.next_number()
    return number


class _QueuesOfWorkers:
    """Be what executors note their threads' queues in: each task's thread knows its own."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def __setitem__(self, thread: Any, work: Any) -> None:
        if running.thread_ident == get_ident():
            thread._hypothread_work = work
        else:
            self._original[thread] = work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


class _NumbersOfNames:
    """Count the executors without a name, from 0 in each execution."""

    def __init__(self) -> None:
        self._epoch = 0
        self._next = 0

    def __call__(self) -> int:
        if self._epoch != running.epoch:
            self._epoch, self._next = running.epoch, 0
        self._next += 1
        return self._next - 1


class _Logger:
    """Be the executors' logger, which does not complain about workers that the scheduler ends."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def critical(self, *args: Any, **kwargs: Any) -> None:
        if not running.killing:
            self._original.critical(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


_LOGGER = _Logger(futures.LOGGER)
_QUEUES_OF_WORKERS = _QueuesOfWorkers(pools._threads_queues)
PATCHES: dict[str, Any] = {
    "__init__": initialize,
    "submit": submit,
    "shutdown": shutdown,
    "_counter": _NumbersOfNames(),
}


def patches_of_the_module() -> list[tuple[Any, str, Any]]:
    """Return what else is replaced: anew for each exploration."""
    return [
        (pools, "_threads_queues", _QUEUES_OF_WORKERS),
        (futures, "LOGGER", _LOGGER),
        (futures._AcquireFutures, "__init__", look_for_futures),
        (futures, "id", hash),  # wait() takes the futures' locks in this order
        (futures.Future, "__hash__", _hash_of_future),
        (futures.Future, "add_done_callback", add_done_callback),
        (threading.Thread, "__hash__", _hash_of_thread),
    ]
