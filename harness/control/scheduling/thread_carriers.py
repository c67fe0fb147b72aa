"""Tasks on OS threads, of which one runs at a time: `carrier="threads"`.

T0 stays on the main thread, as does the hub: they are greenlets there, and exactly one of them
waits for the main thread's turn while another thread has it. Every other task has an OS thread
of its own, so what Python or C keeps for each thread is really its own.
"""

from __future__ import annotations

import ctypes
import sys
from _thread import allocate_lock, get_ident
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from greenlet import getcurrent, greenlet

from harness.control.scheduling import os_threads
from harness.control.scheduling.carriers import Carrier
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task, TaskKilled

_SECONDS_BETWEEN_SIGNALS = 0.1
_SECONDS_TO_END = 1.0  # for what a thread still does that has given its turn back


class _Turn:
    """What a thread waits for, with what comes with it."""

    def __init__(self) -> None:
        self._given = allocate_lock()
        self._given.acquire()
        self._to: _OnMainThread | None = None
        self._value: Any = None
        self._error: BaseException | type[BaseException] | None = None

    def give(
        self,
        to: _OnMainThread | None,
        value: Any,
        error: BaseException | type[BaseException] | None,
    ) -> None:
        self._to, self._value, self._error = to, value, error
        self._given.release()

    def wait(self) -> tuple[_OnMainThread | None, Any, BaseException | type[BaseException] | None]:
        while True:
            try:
                # On the main thread signal handlers run in between, also if another got the signal.
                if not self._given.acquire(timeout=_SECONDS_BETWEEN_SIGNALS):
                    continue
            except BaseException as error:  # a signal handler's
                running.interrupt(error)
                continue
            running.thread_ident = get_ident()
            if running.ident:  # or the hooks are to stay quiet
                running.ident = running.thread_ident
            to, value, error_to_raise = self._to, self._value, self._error
            self._to = self._value = self._error = None
            return to, value, error_to_raise


class _OnMainThread:
    """Carry the hub, or T0."""

    def __init__(self, threads: Threads, carried: greenlet, *, listens: bool) -> None:
        self.carried = carried
        self.listening = carried if listens else None
        self._threads = threads

    @property
    def gr_frame(self) -> FrameType | None:
        frame: FrameType | None = self.carried.gr_frame
        return frame

    def switch(self, *value: Any) -> Any:
        return self._threads.give_main(self, value[0] if value else None, None)

    def throw(self, kind: BaseException | type[BaseException]) -> Any:
        return self._threads.give_main(self, None, kind)


class _OnItsOwnThread:
    """Carry a task other than T0."""

    def __init__(self, threads: Threads, task: Task) -> None:
        self.turn = _Turn()
        self._threads = threads
        self._task: Task | None = task
        self._ident = 0  # 0 before its first turn
        self._join: Callable[[float], object] | None = None
        self._is_left_behind = False

    @property
    def gr_frame(self) -> FrameType | None:
        return sys._current_frames().get(self._ident)

    def switch(self, *_: Any) -> Any:
        if not self._ident:
            self._start()
        return self._threads.give_other(self, None)

    def throw(self, kind: type[BaseException]) -> Any:
        return self._threads.give_other(self, kind)

    def _start(self) -> None:
        self._ident, self._join = os_threads.start(self._run)

    def wait(self) -> Any:
        _, value, error = self.turn.wait()
        running.listening = getcurrent()
        if error is not None:
            raise error
        return value

    def _run(self) -> None:
        task, self._task = self._task, None
        assert task is not None
        error: BaseException | None = None
        self._threads.carriers[get_ident()] = self
        try:
            self.wait()
            if task.context is None:
                task.body(task)
            else:
                task.context.run(task.body, task)
        except BaseException as raised:
            error = raised
        del task
        if not self._is_left_behind:
            del self._threads.carriers[get_ident()]
            self._threads.end(self._join, error)

    def leave_behind(self) -> None:
        """Expect nothing of the thread any more; it ends when it comes back from where it is."""
        self._is_left_behind = True
        self._threads.carriers.pop(self._ident, None)
        ident, error = ctypes.c_ulong(self._ident), ctypes.py_object(TaskKilled)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, error)


class Threads:
    """Let the tasks be OS threads."""

    keep_locals_apart = True

    def __init__(self) -> None:
        self.carriers: dict[int, _OnItsOwnThread] = {}  # by the ident of the thread
        self._main = _Turn()
        self._main_ident = 0
        self._ending: list[Callable[[float], object]] = []  # of an execution
        self._hub: _OnMainThread = None  # type: ignore[assignment]  # set by hub()

    def hub(self) -> Carrier:
        """Begin an execution; return the carrier of who starts the tasks."""
        self.join()
        self._main_ident = get_ident()
        self._hub = _OnMainThread(self, getcurrent(), listens=False)
        return self._hub

    def carries(self, task: Task) -> bool:
        """Say whether the caller runs on the carrier of `task`, which has not ended."""
        carrier = task.carrier
        if task.done:
            return False
        if isinstance(carrier, _OnMainThread):
            return getcurrent() is carrier.carried
        return self.carriers.get(get_ident()) is carrier is not None

    def take(self, task: Task, leave: Callable[[], Task]) -> Carrier:
        """Return a carrier that runs `task` as soon as it gets the turn."""
        if task.number:
            return _OnItsOwnThread(self, task)
        carried = greenlet(lambda first: first.body(first))
        carried.gr_context = task.context
        return _OnMainThread(self, carried, listens=True)

    def take_parked(self, task: Task) -> None:
        """Return nothing: no thread is used again."""

    def leave_behind(self, task: Task) -> bool:
        """Give the turn to the hub although the thread of `task` has it and is stuck."""
        carrier = task.carrier
        if not isinstance(carrier, _OnItsOwnThread):
            return False  # it is on the main thread, where the hub is
        carrier.leave_behind()
        running.alive.remove(task)
        running.situation += 1
        task.done = True
        self._main.give(self._hub, None, None)
        return True

    def give_main(
        self, to: _OnMainThread, value: Any, error: BaseException | type[BaseException] | None
    ) -> Any:
        """Give the turn to the hub or to T0, and wait for it to come back."""
        if get_ident() == self._main_ident:
            return _go_on(to, value, error)
        waiting = self.carriers[get_ident()]
        self._main.give(to, value, error)
        return waiting.wait()

    def give_other(self, to: _OnItsOwnThread, error: type[BaseException] | None) -> Any:
        """Give the turn to the thread of another task, and wait for it to come back."""
        if get_ident() != self._main_ident:
            waiting = self.carriers[get_ident()]
            to.turn.give(None, None, error)
            return waiting.wait()
        to.turn.give(None, None, error)
        return _go_on(*self._main.wait())

    def join(self) -> None:
        """Wait until the threads have ended that have given their last turn back.

        Without a GIL, what comes after an exploration would still find some of them.
        """
        while self._ending:
            self._ending.pop()(_SECONDS_TO_END)

    def end(self, join: Callable[[float], object] | None, error: BaseException | None) -> None:
        """Give the turn back to the hub, because a task has ended."""
        if join is not None:
            self._ending.append(join)
        self._main.give(self._hub, None, error)


def _go_on(
    to: _OnMainThread | None, value: Any, error: BaseException | type[BaseException] | None
) -> Any:
    """Let `to` go on, on the main thread, where this is called."""
    assert to is not None
    running.listening = to.listening
    if to.carried is getcurrent():
        return value if error is None else _raise(error)
    return to.carried.switch(value) if error is None else to.carried.throw(error)


def _raise(error: BaseException | type[BaseException]) -> NoReturn:
    raise error


threads = Threads()
