"""Functions of C that library code calls later, for somebody who has handed them over.

Code in scope passes a point before it calls C code. What it gives to an executor, a future, a timer
or an event loop is called from code that has no points; so the point is put around the function.
Python functions have points of their own and stay what they are.
"""

from __future__ import annotations

import sched
import threading
from _thread import get_ident
from collections.abc import Callable, Iterable
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

from harness.control.accesses.calls import CALLED, READERS
from harness.control.accesses.given_functions import CACHE
from harness.control.hooks import call_stars
from harness.control.observing.open_calls import stand_ins
from harness.control.scheduling.scheduler import running
from harness.instrument.site import Site
from harness.kinds import module_of

_original_timer_run = threading.Timer.run
_original_wait_for = threading.Condition.wait_for
_original_barrier_init = threading.Barrier.__init__
_original_enterabs = sched.scheduler.enterabs


def site_of_calls(caller: Callable[..., Any]) -> Site:
    """Return the place that stands for the calls that a function of a library makes."""
    code: CodeType = caller.__code__
    return Site(code, "call_stars", "", code.co_firstlineno)


def announced(function: Any, site: Site) -> Any:
    """Return what passes a point and then calls `function`; it itself if it needs no point.

    Args:
        function: what is handed over to be called later, perhaps nothing.
        site: from where it will be called.
    """
    if type(function) is FunctionType:
        return function
    if running.thread_ident != get_ident() or not _is_of_c(function):
        return function

    def call(*args: Any, **kwargs: Any) -> Any:
        call_stars(function, args, kwargs, site)
        return function(*args, **kwargs)

    stand_ins.add(id(call.__code__))
    return call


def _is_of_c(function: Any) -> bool:
    while type(function) is partial:
        function = function.func
    kind = type(function)
    if kind is type:
        return function in READERS
    if kind is MethodType:
        return type(function.__func__) is CACHE
    owner = getattr(function, "__self__", None) if kind in CALLED else None
    return kind in CALLED and module_of(type(owner)) != "_asyncio"


def run_timer(self: Any) -> None:
    """Run as the original."""
    function = self.function
    self.function = announced(function, _OF_TIMER)
    try:
        _original_timer_run(self)
    finally:
        self.function = function


def wait_for(self: Any, predicate: Any, timeout: float | None = None) -> Any:
    """Wait as the original."""
    return _original_wait_for(self, announced(predicate, _OF_CONDITION), timeout)


def initialize_barrier(
    self: Any, parties: int, action: Any = None, timeout: float | None = None
) -> None:
    """Initialize as the original."""
    _original_barrier_init(self, parties, announced(action, _OF_BARRIER), timeout)


def enter_at(self: Any, time: Any, priority: Any, action: Any, *more: Any, **named: Any) -> Any:
    """Schedule as the original."""
    return _original_enterabs(self, time, priority, announced(action, _OF_SCHED), *more, **named)


_OF_TIMER = site_of_calls(_original_timer_run)
_OF_CONDITION = site_of_calls(_original_wait_for)
_OF_BARRIER = site_of_calls(threading.Barrier.wait)
_OF_SCHED = site_of_calls(sched.scheduler.run)


def patches() -> Iterable[tuple[type, str, Any]]:
    """Return what is replaced for an exploration."""
    yield threading.Timer, "run", run_timer
    yield threading.Condition, "wait_for", wait_for
    yield threading.Barrier, "__init__", initialize_barrier
    yield sched.scheduler, "enterabs", enter_at
