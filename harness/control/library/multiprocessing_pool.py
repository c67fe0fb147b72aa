"""`multiprocessing.pool.ThreadPool`: the standard library's own, on controlled primitives."""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Iterable
from typing import Any

from harness.control.environment.garbage import garbage
from harness.control.library.callbacks import announced, site_of_calls
from harness.control.library.thread import is_of_this_execution
from harness.control.scheduling.scheduler import running
from harness.errors import UsageError

MODULE = "multiprocessing.pool"


def patches() -> Iterable[tuple[Any, str, Any]]:
    """Return what is replaced for an exploration, once the module has been imported."""
    pool_class = sys.modules[MODULE].Pool
    original = pool_class._check_running

    def check_running(self: Any) -> None:
        handler = getattr(self, "_worker_handler", None)
        if running.thread_ident == get_ident() and not is_of_this_execution(handler):
            raise UsageError(
                f"{self!r} was made before the exploration, so its threads are real ones that the "
                "harness cannot control. Create it inside the body."
            )
        garbage.expect()
        original(self)

    original_del = pool_class.__del__

    def finalize(self: Any) -> None:
        if not running.killing:
            original_del(self)

    finalizer_class = sys.modules["multiprocessing.util"].Finalize
    original_call = finalizer_class.__call__

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if running.killing and _is_of_a_pool(self):
            return None  # its threads are ended by force already
        return original_call(self, *args, **kwargs)

    of_worker = site_of_calls(sys.modules[MODULE].worker)

    def announcing(submit: Callable[..., Any]) -> Callable[..., Any]:
        def announce(self: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
            return submit(self, announced(func, of_worker), *args, **kwargs)

        return announce

    thread_pool = sys.modules[MODULE].ThreadPool  # no process could get what is announced
    for name in ("apply_async", "_map_async", "imap", "imap_unordered"):
        yield thread_pool, name, announcing(getattr(thread_pool, name))
    yield finalizer_class, "__call__", call
    yield pool_class, "_check_running", check_running
    yield pool_class, "__del__", finalize


def begin() -> Callable[[], None]:
    """Return what lets the interpreter's exit finalize only the pools that it would now."""
    registry: dict[Any, Any] = sys.modules["multiprocessing.util"]._finalizer_registry
    before = set(registry)

    def put_back() -> None:
        for key in set(registry) - before:
            if _is_of_a_pool(registry.get(key)):  # unless the end of another one has removed it
                registry.pop(key, None)

    return put_back


def _is_of_a_pool(finalizer: Any) -> bool:
    return getattr(getattr(finalizer, "_callback", None), "__name__", "") == "_terminate_pool"
