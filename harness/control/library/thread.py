"""`threading.Thread` under control: a started thread becomes a task."""

from __future__ import annotations

import _thread
import sys
import threading
from _thread import get_ident
from collections.abc import Callable, Iterable, Mapping
from contextvars import Context, copy_context
from itertools import count
from types import FunctionType, MethodType
from typing import Any

from harness.control.library.callbacks import announced, site_of_calls
from harness.control.primitives.local import locals_
from harness.control.primitives.lock import checked_timeout
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import ASLEEP, Task, TaskKilled
from harness.instrument.site import ASKED, NOT_ASKED

# Asked for each thread: comparing the version anew would cost as much as the rest of it.
_PY313 = sys.version_info >= (3, 13)
_PY314 = sys.version_info >= (3, 14)

_original = {
    name: getattr(threading.Thread, name) for name in ("__init__", "start", "join", "is_alive")
}
_allocate_real = _thread.allocate_lock
_original_enumerate = threading.enumerate
_original_active_count = threading.active_count
_original_started_count = _thread._count
_active: dict[int, threading.Thread] = threading._active  # type: ignore[attr-defined]
_ThreadHandle: Any = getattr(threading, "_ThreadHandle", None)  # 3.13 and later
_ENDED: Any = None  # the handle of a thread that has ended
if sys.version_info >= (3, 13):
    _ENDED = threading._make_thread_handle(1)  # type: ignore[attr-defined]
    _ENDED._set_done()

# Threads made before this execution and started in it: (thread, what its instance dict held).
_reused: list[tuple[threading.Thread, dict[str, Any]]] = []
_names = count(1)
_excepthook_at_start: Any = None


class _Started:
    """Say whether a thread was started; the part of an Event that Thread uses."""

    _flag = False
    _gate: Any = None  # a real lock, for a thread that is started after the execution

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        self._flag = True
        if self._gate is not None:
            self._gate.release()

    def wait(self, timeout: float | None = None) -> bool:
        if running.thread_ident != get_ident():
            gate = _allocate_real()
            gate.acquire()
            self._gate = gate
            if not self._flag:
                gate.acquire()
        return self._flag

    def _at_fork_reinit(self) -> None:
        self._flag = False


def initialize(
    self: Any,
    group: None = None,
    target: Callable[..., object] | None = None,
    name: str | None = None,
    args: Iterable[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    daemon: bool | None = None,
    **more: Any,
) -> None:
    """Set the same attributes as the original, without a real event and handle."""
    if running.thread_ident != get_ident():
        _original["__init__"](self, group, target, name, args, kwargs, daemon=daemon, **more)
        return
    if more and (set(more) != {"context"} or sys.version_info < (3, 14)):
        _original["__init__"](self, group, target, name, args, kwargs, daemon=daemon, **more)
    if group is not None:
        raise AssertionError("group argument must be None for now")  # pytest rewrites an assert
    if name:
        name = str(name)
    else:
        with_target = getattr(target, "__name__", None)
        number = next(_names)
        name = f"Thread-{number}" if with_target is None else f"Thread-{number} ({with_target})"
    # Plain stores: an instance whose __dict__ nobody asked for is made and read faster.
    self._target = target
    self._name = name
    self._args = args
    self._kwargs = {} if kwargs is None else kwargs
    self._daemonic = running.current.daemon if daemon is None else daemon
    self._ident = self._native_id = None
    self._started = _Started()
    self._initialized = True
    self._stderr = sys.stderr
    self._invoke_excepthook = _invoke_excepthook
    self._hypothread_epoch = running.epoch
    self._hypothread_task = None
    if _PY314:
        self._os_thread_handle = _ThreadHandle()
        self._context = more.get("context")
    elif _PY313:
        self._handle = _ThreadHandle()
    else:
        self._tstate_lock = None
        self._is_stopped = False


def _mark_ended(thread: Any) -> None:
    """Let the thread look ended to whoever sees no task in it: its repr, and code outside."""
    if _PY314:
        thread._os_thread_handle = _ENDED
    elif _PY313:
        thread._handle = _ENDED
    else:
        thread._is_stopped = True
        thread._tstate_lock = None


def start(self: Any) -> None:
    """Become a task; its first turn comes when somebody is not able to go on, or is interrupted."""
    if running.thread_ident != get_ident():
        _original["start"](self)
        return
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    parent = running.current
    if running.ident:  # as in join()
        parent.points = point = parent.points + 1
        asked = running.watching and (running.everywhere or running.looks_at_threads)
        if asked or point >= parent.stop_at:
            running.stop(parent, point, "start", None, ASKED if asked else NOT_ASKED)
    try:
        is_new = self._hypothread_epoch == running.epoch and self._hypothread_task is None
    except AttributeError:  # it was made outside
        is_new = False
    if not is_new:
        if self._started.is_set():
            _look_at(self)  # others may have started it just now
            raise RuntimeError("threads can only be started once")
        _reused.append((self, dict(self.__dict__)))
        running.has_remains = True
        self._started = _Started()
    task = running.spawn(_run)
    task.thread = self
    task.started_by = parent.number
    task.daemon = self._daemonic
    self._hypothread_task = task
    self._ident = self._native_id = ident = task.ident
    _active[ident] = self
    self._started._flag = True
    if _CONTEXT_OF_A_THREAD is not None:
        task.context = _CONTEXT_OF_A_THREAD(self)
    if running.observer is not None:
        running.observer.start(parent, task)


def _task_of(thread: Any) -> Task | None:
    try:  # looking into __dict__ would make one, which costs more than all the rest
        task: Task | None = thread._hypothread_task
    except AttributeError:  # it was made outside
        return None
    return task


def is_of_this_execution(thread: Any) -> bool:
    """Say whether the thread object was made in the running execution."""
    try:
        return bool(thread._hypothread_epoch == running.epoch)
    except AttributeError:  # it was made outside
        return False


def _context_of(thread: Any) -> Context:
    if thread._context is None:
        inherit = sys.flags.thread_inherit_context  # type: ignore[attr-defined]  # 3.14 and later
        thread._context = copy_context() if inherit else Context()
    context: Context = thread._context
    return context


# Before 3.14 a new thread always has an empty context, as a greenlet has.
_CONTEXT_OF_A_THREAD = _context_of if sys.version_info >= (3, 14) else None


def _run(task: Task) -> None:
    thread = task.thread
    if running.hand_overs is not None:
        running.hand_overs.begin_task()
    try:
        try:
            kind = type(thread._target)
            if kind is not FunctionType and kind is not MethodType:
                thread._target = announced(thread._target, _CALL_OF_TARGET)
            thread.run()
        except TaskKilled:
            raise
        except BaseException as exception:
            if not running.killing:
                if not isinstance(exception, SystemExit):
                    running.fail(task, exception)
                if threading.excepthook is not _excepthook_at_start:
                    _invoke_excepthook(thread)  # the program's own, so it is no single step
        running.count(task, "end")
        locals_.drop()
    except TaskKilled:
        pass
    except BaseException as exception:
        if not running.killing:
            running.fail(task, exception)
    finally:
        _active.pop(task.ident, None)
        _mark_ended(thread)
    running.finish(task)


_CALL_OF_TARGET = site_of_calls(threading.Thread.run)


def _invoke_excepthook(thread: threading.Thread) -> None:
    kind, exception, traceback = sys.exc_info()
    threading.excepthook(threading.ExceptHookArgs((kind, exception, traceback, thread)))


def join(self: Any, timeout: float | None = None) -> None:
    """Wait until the task has ended, at most `timeout` seconds."""
    try:  # _task_of(), written out: every thread is joined
        joined = self._hypothread_task
    except AttributeError:
        joined = None
    if joined is None and running.thread_ident == get_ident() and _may_start(self):
        _look_at(self)
        joined = _task_of(self)
    if joined is None or running.thread_ident != get_ident():
        _original["join"](self, timeout)
        return
    task = running.current
    if joined is task:
        raise RuntimeError("cannot join current thread")
    if joined.started_by != task.number:
        running.count(task, "join")
        if running.observer is not None:
            running.observer.look_for_start(task, joined)
    if running.ident:  # count(), written out: every thread is started and joined
        task.points = point = task.points + 1
        asked = running.watching and (running.everywhere or running.looks_at_threads)
        if asked or point >= task.stop_at:
            running.stop(task, point, "join", None, ASKED if asked else NOT_ASKED)
    if timeout is not None:
        running.looks_at_threads = True
    if not joined.done:
        seconds = None if timeout is None else checked_timeout(True, max(timeout, 0))
        if seconds != 0:
            is_told = seconds is None and joined.number  # as `finish` tells who joins a thread
            ready = ASLEEP if is_told else joined.has_ended
            running.block(task, ready, "join", self, seconds)
    if joined.done and running.observer is not None:
        running.observer.join(task, joined, timed=timeout is not None)


def is_alive(self: Any) -> bool:
    """Say whether the thread was started and has not ended."""
    if running.thread_ident != get_ident() or (_task_of(self) is None and not _may_start(self)):
        return bool(_original["is_alive"](self))
    _look_at(self)
    task = _task_of(self)  # others may have started it just now
    return task is not None and not task.done


def _look_at(thread: Any) -> None:
    """Pass the point before a look whether the thread was started, or has ended."""
    running.looks_at_threads = True
    running.synchronize(running.current, "is_alive", thread)


def _may_start(thread: Any) -> bool:
    """Say whether somebody may yet start it, whoever has made it; no point is passed."""
    return bool(thread._initialized) and not thread._started._flag


def enumerate_() -> list[threading.Thread]:
    """Return the threads that the execution knows: the main one for ever, and those that run."""
    if running.thread_ident != get_ident():
        return _original_enumerate()
    running.looks_at_threads = True
    running.synchronize(running.current, "enumerate", None)
    return [_active[task.ident] for task in running.tasks if task.ident in _active]


def active_count() -> int:
    """Return the number of threads that the execution knows."""
    if running.thread_ident != get_ident():
        return _original_active_count()
    return len(enumerate_())


def started_count() -> int:
    """Return how many threads were started and have not ended; the main thread is none."""
    if running.thread_ident != get_ident():
        return _original_started_count()
    running.looks_at_threads = True
    running.synchronize(running.current, "enumerate", None)
    return sum(1 for task in running.alive if task.number)


def begin_threads(excepthook: Any) -> None:
    """Begin to number threads from 1 again."""
    global _names, _excepthook_at_start  # noqa: PLW0603  of the one running execution
    _names = count(1)
    _excepthook_at_start = excepthook


def be_main_thread(task: Task) -> None:
    """Let the main thread's object be that of `task`, which runs the body."""
    main: Any = threading.main_thread()
    main._hypothread_task = task


def leave_main_thread() -> None:
    """Let the main thread's object be as it was before all executions."""
    threading.main_thread().__dict__.pop("_hypothread_task", None)


def end_threads() -> None:
    """Forget the threads of an execution, and put back those that were made before it."""
    for task in running.alive:
        if task.number:  # it never had a turn, or could not be ended
            _active.pop(task.ident, None)
            _mark_ended(task.thread)
    if _reused:
        for thread, fields in _reused:
            thread.__dict__.clear()
            thread.__dict__.update(fields)
        _reused.clear()


def new_name(template: str = "Thread-%d") -> str:
    """Return the next thread name of this execution; Timer and executors ask for it."""
    return template % next(_names)


PATCHES: dict[str, Callable[..., Any]] = {
    "__init__": initialize,
    "start": start,
    "join": join,
    "is_alive": is_alive,
}
