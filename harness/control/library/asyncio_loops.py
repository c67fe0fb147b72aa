"""Event loops of asyncio in tasks: which one runs belongs to the task, not to the OS thread."""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import ModuleType
from typing import Any

from harness.control.environment.garbage import garbage
from harness.control.environment.rebinding import rebound
from harness.control.library.callbacks import announced, site_of_calls
from harness.control.primitives.local import locals_
from harness.control.scheduling.scheduler import running

MODULE = "asyncio.tasks"  # the last one that is needed
_NOTHING = (None, None, None)
_OF_THE_STANDARD_LIBRARY = ("builtins", "asyncio.unix_events", "asyncio.windows_events")


class _RunningLoop:
    """Exchange the running loop, its current task and its hooks with the task of the scheduler."""

    def __init__(
        self, events: ModuleType, tasks: ModuleType, set_loop: Callable[..., None]
    ) -> None:
        self._get_loop = events._get_running_loop
        self._set_loop = set_loop
        # Since 3.14 the OS thread knows the current task, before that a dict by loop.
        self._swap_task = tasks._swap_current_task if sys.version_info >= (3, 14) else None

    def save(self) -> Any:
        """Return what the task that leaves has, and leave nothing."""
        loop = self._get_loop()
        hooks = sys.get_asyncgen_hooks()
        if loop is None:
            return None, None, hooks
        task = None if self._swap_task is None else self._swap_task(loop, None)
        self._set_loop(None)
        return loop, task, hooks

    def show(self, saved: Any) -> None:
        """Let the task that comes have what it had."""
        loop, task, hooks = _NOTHING if saved is None else saved
        self._set_loop(loop)
        if task is not None and self._swap_task is not None:
            self._swap_task(loop, task)
        sys.set_asyncgen_hooks(*(hooks or (None, None)))


def begin() -> Callable[[], None]:
    """Hide the loop in which the exploration itself may run; return what shows it again."""
    events = sys.modules["asyncio.events"]
    state = _RunningLoop(events, sys.modules[MODULE], events._set_running_loop)
    saved = state.save()
    state.show(None)

    def show_again() -> None:
        state.save()
        state.show(saved)

    return show_again


def patches() -> Iterable[tuple[Any, str, Any]]:
    """Return what is replaced for an exploration, once asyncio has been imported."""
    events, tasks = sys.modules["asyncio.events"], sys.modules[MODULE]
    original = events._set_running_loop
    state = _RunningLoop(events, tasks, original)

    def set_running_loop(loop: Any) -> None:
        if running.thread_ident == get_ident():
            locals_.add_state(state)
            garbage.expect()
        original(loop)

    yield events, "_set_running_loop", set_running_loop
    handle_class = events.Handle
    original_handle_init, of_handle = handle_class.__init__, site_of_calls(handle_class._run)

    def initialize_handle(self: Any, callback: Any, *args: Any, **kwargs: Any) -> None:
        original_handle_init(self, announced(callback, of_handle), *args, **kwargs)

    yield handle_class, "__init__", initialize_handle
    loop_class = sys.modules["asyncio.base_events"].BaseEventLoop
    original_del, original_handler = loop_class.__del__, loop_class.call_exception_handler

    def finalize(self: Any, *args: Any) -> None:
        if not running.killing:
            original_del(self, *args)
        else:
            with suppress(AttributeError):  # it may have been half made
                self.close()

    def call_exception_handler(self: Any, context: Any) -> None:
        if not running.killing:  # nobody has forgotten what was ended by force
            original_handler(self, context)

    yield loop_class, "__del__", finalize
    yield loop_class, "call_exception_handler", call_exception_handler
    constants = sys.modules["asyncio.constants"]
    if hasattr(constants, "THREAD_JOIN_TIMEOUT"):  # no interleaving may blame a program for it
        yield constants, "THREAD_JOIN_TIMEOUT", None
    # A policy keeps each thread's loop in a `local`; each execution makes its own.
    if type(events._event_loop_policy).__module__ in _OF_THE_STANDARD_LIBRARY:
        original_init = events._init_event_loop_policy

        def init_event_loop_policy() -> None:
            if running.thread_ident == get_ident():
                rebound.entry(events.__dict__, "_event_loop_policy")
            original_init()

        yield events, "_event_loop_policy", None
        yield events, "_init_event_loop_policy", init_event_loop_policy
