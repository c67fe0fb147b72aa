"""End an execution that stopped where the scheduler cannot see it.

A lock that is not under control, a socket or an endless loop in C blocks the one OS thread on
which all tasks run. A thread of the watchdog's own looks now and then whether switch points are
still being passed. If not, a signal to the main thread raises inside the blocked call; where that
has no effect, a task on an OS thread of its own is left behind; otherwise the stacks are printed
and the process ends, as pytest-timeout's thread method does.

It sends the same signal when what ends an execution could not do so where it came: a handler of
Ctrl-C raises in between two instructions of ours, and the task may never pass another point.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import traceback
from _thread import allocate_lock, get_ident
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from types import FrameType
from typing import Any

from harness.control.scheduling import os_threads
from harness.control.scheduling.scheduler import running
from harness.errors import HarnessError
from harness.own_files import PACKAGE

_MOST_FRAMES = 10  # more than the standard library has between a call and where it blocks
_LOOKS = 8  # within the patience
_SECONDS_BETWEEN_NUDGES = 0.01
_SIGNAL = getattr(signal, "SIGURG", None)  # ignored by default, so nobody is hurt by a late one


class Watchdog:
    """Watch the executions of one exploration at a time.

    Args:
        patience: seconds without a switch point after which the execution counts as stuck.
    """

    def __init__(self, patience: float = 10.0) -> None:
        self.patience = patience
        self._sleeping = allocate_lock()  # released to wake the thread
        self._join: Callable[..., object] = list  # waits until it has ended
        self._watching = False
        self._lost_patience = False  # what the signal that is sent now is about
        self._is_answering = False  # the main thread has the signal, and is about to say where
        self._deadline: float | None = None  # after it no execution goes on
        self._main = 0
        self._old_handler: Any = None

    def begin(self) -> None:
        """Watch from now on."""
        self._main = get_ident()
        if _SIGNAL is not None:
            self._old_handler = signal.signal(_SIGNAL, self._on_signal)
        self._watching, self._lost_patience = True, False
        self._sleeping = allocate_lock()
        self._sleeping.acquire()
        _, self._join = os_threads.start(self._watch)

    def end(self) -> None:
        """Stop watching; no thread is left that a fork would find."""
        if not self._watching:
            return
        self._watching = False
        self.wake()
        self._join()
        if _SIGNAL is not None:
            signal.signal(_SIGNAL, self._old_handler or signal.SIG_DFL)  # None: not Python's

    @contextmanager
    def until(self, deadline: float | None) -> Iterator[None]:
        """End the execution that is running at `deadline`, of `monotonic()`, with `OutOfTimeError`."""
        self.put_off(deadline)
        try:
            yield
        finally:
            self._deadline = None

    def put_off(self, deadline: float | None) -> None:
        """Let `deadline` be another one."""
        self._deadline = deadline
        if deadline is not None:
            self.wake()

    def wake(self) -> None:
        """Look at once: there is another deadline, or an interrupt that could not end the execution."""
        with suppress(RuntimeError):  # it is awake already
            self._sleeping.release()

    def _watch(self) -> None:
        seen: object = None
        unchanged, strikes = 0.0, 0  # seconds, of those that it has slept
        while True:
            pause = self._seconds_to_the_next_look()
            woken = self._sleeping.acquire(timeout=pause)
            if not self._watching:
                break
            if _is_to_end() or (self._is_late() and running.thread_ident):
                self._signal()
            now = self._progress()
            if now is None or now != seen:
                seen, unchanged, strikes = now, 0.0, 0
            elif not woken:
                unchanged += pause
            if unchanged < self.patience:
                continue
            unchanged = 0.0
            strikes += 1
            if strikes == 1 and _SIGNAL is not None:
                self._lost_patience = True
                self._signal()
            elif self._is_answering:
                continue  # source lines of a deep stack take long on a busy machine
            elif (running.stuck or _is_to_end()) and running.carriers.leave_behind(running.current):
                strikes = 0  # the hub may wait for its turn on a busy machine
            else:
                self._give_up()

    def _seconds_to_the_next_look(self) -> float:
        if _is_to_end() or self._is_late():
            return _SECONDS_BETWEEN_NUDGES
        deadline, pause = self._deadline, self.patience / _LOOKS
        return pause if deadline is None else min(pause, max(deadline - monotonic(), 0.0))

    def _is_late(self) -> bool:
        deadline = self._deadline
        return deadline is not None and monotonic() >= deadline

    def _signal(self) -> None:
        if _SIGNAL is not None:
            signal.pthread_kill(self._main, _SIGNAL)

    def _progress(self) -> object:
        if not running.thread_ident:
            return None
        task = running.current
        return running.epoch, task.number, task.points

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        lost_patience, self._lost_patience = self._lost_patience, False
        if not running.thread_ident or running.killing:
            return
        error = running.interrupted
        if error is None and self._is_late():
            error = OutOfTimeError("The time is over.")
        if error is not None:
            # Some of our own code runs where exceptions get lost, and it ends soon.
            ours = frame is not None and frame.f_code.co_filename.startswith(PACKAGE)
            running.interrupt(error, at_once=lost_patience or not ours)
        elif lost_patience:
            self._is_answering = True
            try:
                self._say_where(frame)
            finally:
                self._is_answering = False

    def _say_where(self, frame: FrameType | None) -> None:
        carrier = running.current.carrier
        of_task = None if carrier is None else carrier.gr_frame  # if on a thread of its own
        stack = traceback.extract_stack(of_task or frame)
        own = [entry for entry in stack if not entry.filename.startswith(PACKAGE)]
        where = "".join(traceback.format_list(own[-_MOST_FRAMES:]))
        running.stuck = (
            f"T{running.current.number} passed no switch point for {self.patience:g} s in\n{where}"
        )
        running.interrupt(Stopped(running.stuck))

    def _give_up(self) -> None:
        sys.stderr.write(
            "\nharness: a task is stuck in code that cannot be interrupted; all stacks follow.\n"
        )
        faulthandler.dump_traceback(file=sys.__stderr__ or 2)
        sys.stderr.flush()
        os._exit(1)


def _is_to_end() -> bool:
    """Say whether something has interrupted the running execution, which goes on nevertheless."""
    return running.interrupted is not None and bool(running.thread_ident) and not running.killing


class Stopped(HarnessError):
    """Leave the tasks because the watchdog says so."""


class OutOfTimeError(HarnessError):
    """Leave the tasks because the time of the exploration is over."""


watchdog = Watchdog()
