"""Take over what programs use to run threads and tell the time, and give it back."""

from __future__ import annotations
import __future__

import _thread
import builtins
import functools
import importlib
import logging
import operator
import os
import queue
import random
import select
import sys
import threading
import time
import warnings
from _thread import get_ident
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures.thread import ThreadPoolExecutor
from types import CodeType, FrameType
from typing import Any

import harness.twin
from harness.control.environment.clock import CLOCKS
from harness.control.environment.entropy import PATCHES as ENTROPY_PATCHES
from harness.control.environment.entropy import entropy, seed_shared
from harness.control.gil.hand_over import passed
from harness.control.holders import Holders
from harness.control.library import (
    asyncio_loops,
    cached_property,
    callbacks,
    executor,
    multiprocessing_pool,
    thread,
    warning_filters,
)
from harness.control.observing.recorder import Recorder
from harness.control.primitives import (
    barrier,
    condition,
    event,
    multiprocessing_locks,
    selector,
    semaphore,
    twins,
)
from harness.control.primitives.local import Local
from harness.control.primitives.lock import Lock
from harness.control.primitives.rlock import RLock
from harness.control.primitives.simple_queue import SimpleQueue
from harness.control.scheduling.scheduler import running
from harness.errors import UsageError
from harness.instrument.installation import Installation
from harness.kinds import namespace_of

_real_import = builtins.__import__
_real_import_module = importlib.import_module
_real_warn_unawaited = warnings._warn_unawaited_coroutine  # type: ignore[attr-defined]
_real_exec = builtins.exec
_real_eval = builtins.eval
_real_handle = logging.Logger.handle
_RealLocal = _thread._local
_real_get_native_id = _thread.get_native_id
_real_start_new_thread = _thread.start_new_thread
_FORKS = [name for name in ("fork", "forkpty") if hasattr(os, name)]
_OPTIMIZED = 0x1  # CO_OPTIMIZED: a function's frame, whose locals are a copy
_FUTURES = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


def virtual_get_ident() -> int:
    """Return the ident of the running task."""
    ident = get_ident()
    return running.current.ident if running.thread_ident == ident else ident


def virtual_get_native_id() -> int:
    """Return the ident of the running task; T0 has the OS thread's own."""
    if running.thread_ident != get_ident() or running.current.number == 0:
        return _real_get_native_id()
    return running.current.ident


def start_new_thread(
    function: Callable[..., object],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any] | None = None,
    /,
) -> int:
    """Start a task by the low-level call."""
    bad = (
        not callable(function) or type(args) is not tuple or type(kwargs) not in (dict, type(None))
    )
    if bad or running.thread_ident != get_ident():
        more = () if kwargs is None else (kwargs,)
        return _real_start_new_thread(function, args, *more)
    started = threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True)
    started.start()
    return started.ident or 0


def _refusing(name: str) -> Callable[[], Any]:
    original: Callable[[], Any] = getattr(os, name)

    def fork() -> Any:
        if running.thread_ident != get_ident():
            return original()
        raise UsageError(
            f"The body called os.{name}(), perhaps through multiprocessing. A child process would "
            "have copies of all threads, which the harness could not control. Start the process "
            "outside the exploration, or use threads or multiprocessing's start method 'spawn'."
        )

    return fork


def _class_patches() -> Iterable[tuple[type, str, Any]]:
    for owner, patches in (
        (threading.Thread, thread.PATCHES),
        (threading.Condition, condition.PATCHES),
        (threading.Event, event.PATCHES),
        (threading.Semaphore, semaphore.PATCHES),
        (threading.BoundedSemaphore, semaphore.BOUNDED_PATCHES),
        (threading.Barrier, barrier.PROPERTIES),
        (ThreadPoolExecutor, executor.PATCHES),
        (random.Random, ENTROPY_PATCHES),
        (functools.cached_property, cached_property.PATCHES),
        (warnings.catch_warnings, warning_filters.PATCHES),
    ):
        for name, replacement in patches.items():
            if name in owner.__dict__:
                yield owner, name, replacement
    yield from selector.patches()
    yield from callbacks.patches()


_CAPTURED: dict[int, tuple[Any, Any]] = {
    id(original): (original, replacement)
    for original, replacement in (
        *((getattr(time, name), clock) for name, clock in CLOCKS.items()),
        (_thread.get_ident, virtual_get_ident),
        (_thread.get_native_id, virtual_get_native_id),
        (_thread.start_new_thread, start_new_thread),
        (_thread._count, thread.started_count),
        (_thread.allocate_lock, Lock),
        (type(_thread.allocate_lock()), Lock),
        (_thread.RLock, RLock),
        (_thread._local, Local),
        (threading.enumerate, thread.enumerate_),
        (threading.active_count, thread.active_count),
        (os.urandom, entropy.urandom),
        *((getattr(os, name), _refusing(name)) for name in _FORKS),
        (random.seed, seed_shared),
        (queue.SimpleQueue, SimpleQueue),
        (select.select, selector.select),
    )
}
_MODULES = (threading, _thread, time, queue, os, random, select)
_holders = Holders(_CAPTURED)


class Takeover:
    """Replace names and methods by controlled ones, and put all of them back in reverse order.

    Names that modules of the standard library hold are found once, by identity; those that code
    in scope has captured are found in its globals.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._undo: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        self._late: set[str] = set()

    def begin(self) -> None:
        """Take over."""
        for owner, name, replacement in _CLASS_PATCHES:
            self._set(owner, name, replacement)
        for owner, name, replacement in _MODULE_PATCHES:
            self._set(owner, name, replacement)
        for owner, name, replacement in executor.patches_of_the_module():
            self._set(owner, name, replacement)
        self._take_over_late()
        self._set(logging.Logger, "handle", _handle_unless_killing)
        self._set(warnings, "_warn_unawaited_coroutine", _warn_unawaited_coroutine)
        self._set(builtins, "__import__", self._import)
        self._set(importlib, "import_module", self._import_module)
        self._set(builtins, "exec", self._exec)
        self._set(builtins, "eval", self._eval)
        self._set(harness.twin, "find_twin", _controlled_in_a_task)
        for kind in _subclasses(_RealLocal):
            if kind is not Local and "__new__" not in kind.__dict__:
                kind.__new__ = Local.__new__  # type: ignore[assignment]
                self._undo.append((delattr, (kind, "__new__")))
        self._undo.append((_holders.give_back, ()))
        _holders.exchange(self._installation.scope)
        for namespace in self._installation.namespaces.values():
            self._replace_captured(namespace)
        hypothesis = sys.modules.get("hypothesis.strategies")
        if hypothesis is not None:
            self._set(hypothesis.DataObject, "draw", _refuse_to_draw)

    def end(self) -> None:
        """Give everything back."""
        self._late.clear()
        failures: list[Exception] = []
        while self._undo:
            function, arguments = self._undo.pop()
            try:
                function(*arguments)
            except Exception as error:  # it must not keep the others from being put back
                failures.append(error)
        if failures:
            raise failures[0]

    def _set(self, owner: Any, name: str, replacement: Any) -> None:
        if name in owner.__dict__:
            self._undo.append((setattr, (owner, name, owner.__dict__[name])))
        else:
            self._undo.append((delattr, (owner, name)))
        setattr(owner, name, replacement)

    def _take_over_late(self) -> None:
        """Take over what has been imported meanwhile; the harness itself needs none of it."""
        for late in (asyncio_loops, multiprocessing_locks, multiprocessing_pool):
            if late.MODULE in sys.modules and late.MODULE not in self._late:
                self._late.add(late.MODULE)
                self._undo.append((late.begin(), ()))
                for owner, attribute, replacement in late.patches():
                    self._set(owner, attribute, replacement)

    def _replace_captured(self, namespace: dict[str, Any]) -> None:
        for name, value in list(namespace.items()):
            _, replacement = _CAPTURED.get(id(value), (None, None))
            if value is _real_import_module:
                replacement = self._import_module
            if replacement is not None:
                self._undo.append((namespace.__setitem__, (name, value)))
                namespace[name] = replacement

    # Imports are one step; what they bring gets hooks, too. ---------------------------------

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        arguments = (name, globals, locals, fromlist, level)
        if running.ident != get_ident():
            return _real_import(*arguments)
        runs_python = level > 0 or name not in sys.modules
        try:
            loaded = self._as_one_step(_real_import, *arguments)
            # C code looks for the names, but in a package importlib does.
            runs_python = runs_python or (bool(fromlist) and "__path__" in namespace_of(loaded))
            return loaded
        finally:
            if runs_python:
                passed()

    def _import_module(self, name: str, package: str | None = None) -> Any:
        if running.ident != get_ident():
            return _real_import_module(name, package)
        passed()
        return self._as_one_step(_real_import_module, name, package)

    def _as_one_step(self, load: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        before = len(sys.modules)
        with running.quiet():
            loaded = load(*args, **kwargs)
            if len(sys.modules) > before:
                self._take_over_modules(list(sys.modules)[before:])
        return loaded

    def _take_over_modules(self, names: Iterable[str]) -> None:
        self._take_over_late()
        known = set(self._installation.namespaces)
        self._installation.look_at_modules(names)
        for key in set(self._installation.namespaces) - known:
            self._replace_captured(self._installation.namespaces[key])

    def _exec(
        self,
        source: Any,
        /,
        globals: dict[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        frame = sys._getframe(1)
        _real_exec(*self._seen_from(frame, source, "exec", globals, locals), **more)

    def _eval(
        self,
        source: Any,
        /,
        globals: dict[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
    ) -> Any:
        frame = sys._getframe(1)
        if isinstance(source, str):
            source = source.lstrip(" \t")
        return _real_eval(*self._seen_from(frame, source, "eval", globals, locals))

    def _share_names(self, frame: FrameType) -> None:
        """Let the names of code that `frame` is going to run be the items of dictionaries."""
        scope, observer = self._installation.scope, running.observer
        if isinstance(observer, Recorder) and scope.contains(frame.f_code, frame.f_globals):
            observer.written.call("exec")

    def _seen_from(
        self,
        frame: FrameType,
        source: Any,
        mode: str,
        globals: dict[str, Any] | None,
        locals: Mapping[str, Any] | None,
    ) -> tuple[Any, dict[str, Any], Mapping[str, Any]]:
        """Return the code with hooks, and the names that it sees, as if `frame` had run it."""
        if globals is not None or locals is not None:
            self._share_names(frame)
        if globals is None:
            globals = frame.f_globals
            if locals is None:
                optimized = frame.f_code.co_flags & _OPTIMIZED
                locals = dict(frame.f_locals) if optimized else frame.f_locals
        if running.thread_ident == get_ident():
            if not isinstance(source, CodeType):
                flags = frame.f_code.co_flags & _FUTURES
                source = compile(source, "<string>", mode, flags, dont_inherit=True)
            caller = frame.f_globals if "__name__" not in globals else globals
            source = self._installation.instrument(source, caller)
        return source, globals, globals if locals is None else locals


def _controlled_in_a_task(lock: Any) -> Any:
    """Return what stands for a lock, for tasks only: other threads go on with the real one."""
    return twins.controlled(lock) if running.thread_ident == get_ident() else lock


def _refuse_to_draw(self: object, strategy: object, label: object = None) -> None:
    raise UsageError(
        f"data.draw({strategy!r}) was called inside an exploration, where each execution would "
        "draw something else. Draw before the exploration and let the body use the value."
    )


def _warn_unawaited_coroutine(coroutine: object) -> None:
    if not running.killing:  # who is ended by force can await nothing any more
        _real_warn_unawaited(coroutine)


def _handle_unless_killing(self: logging.Logger, record: logging.LogRecord) -> None:
    if not running.killing or running.thread_ident != get_ident():
        _real_handle(self, record)  # and not what a program says about being ended by force


def _subclasses(kind: type) -> list[type]:
    found: list[type] = []
    subclasses: list[type] = type.__subclasses__(kind)
    for subclass in subclasses:
        found += [subclass, *_subclasses(subclass)]
    return found


def _module_patches() -> list[tuple[Any, str, Any]]:
    found = [(threading, "_newname", thread.new_name), (threading, "_CRLock", RLock)]
    found += [(threading, "Lock", Lock)]
    for module in _MODULES:
        for name, value in module.__dict__.items():
            replacement = _CAPTURED.get(id(value))
            if replacement is not None and (module, name) not in [row[:2] for row in found]:
                found.append((module, name, replacement[1]))
    return found


_CLASS_PATCHES = tuple(_class_patches())
_MODULE_PATCHES = tuple(_module_patches())
