"""Signal handlers, as Ctrl-C's: what one raises ends the execution, and never comes in between.

Between executions, and while names are replaced and put back, handlers wait, because an exception
out of nowhere would leave something half done there.
"""

from __future__ import annotations

import signal
from _thread import get_ident
from collections.abc import Callable
from contextlib import nullcontext
from types import FrameType, TracebackType
from typing import Any, TypeAlias

from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import TaskKilled
from harness.control.scheduling.watchdog import watchdog
from harness.instrument.scope import CodeScope
from harness.own_files import PACKAGE

_INTERESTING = tuple(
    number
    for name in ("SIGINT", "SIGALRM", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGVTALRM")
    if (number := getattr(signal, name, None)) is not None
)
_Handler: TypeAlias = Callable[[int, FrameType | None], Any]


class Signals:
    """Stand before the signal handlers of the process while a world is entered.

    Args:
        scope: the code whose lines a traceback should show.
    """

    def __init__(self, scope: CodeScope) -> None:
        self._scope = scope
        self._handlers: list[tuple[int, _Handler]] = []
        self.waiting: list[tuple[_Handler, int, FrameType | None]] = []

    def begin(self) -> None:
        """Let handlers wait from now on."""
        for number in _INTERESTING:
            handler = signal.getsignal(number)
            if callable(handler):
                self._handlers.append((number, handler))
                signal.signal(number, self._standing_before(handler))

    def deliver(self) -> None:
        """Call the handlers that have waited; raises what they raise."""
        while self.waiting:
            handler, number, frame = self.waiting.pop(0)
            handler(number, frame)

    def end(self) -> None:
        """Give the handlers back, and call those that have waited."""
        try:
            while self._handlers:
                signal.signal(*self._handlers[-1])
                self._handlers.pop()
        except BaseException:  # of the first one that is back
            self.end()
            raise
        self.deliver()

    def _standing_before(self, handler: _Handler) -> _Handler:
        def wrapped(number: int, frame: FrameType | None) -> None:
            if not running.thread_ident:
                self.waiting.append((handler, number, frame))
                return
            try:
                # One step: its first run must not abandon the execution.
                with running.quiet() if running.thread_ident == get_ident() else nullcontext():
                    handler(number, frame)
            except TaskKilled:  # another one has come meanwhile, and has ended the execution
                raise
            except BaseException as exception:
                user = self._frame_in_scope(frame)
                if user is not None:  # where the user's code was, which the tasks leave behind
                    exception.__traceback__ = TracebackType(
                        exception.__traceback__, user, user.f_lasti, user.f_lineno or 0
                    )
                # Our own code ends soon, and some of it runs where exceptions get lost.
                ours = frame is not None and frame.f_code.co_filename.startswith(PACKAGE)
                running.interrupt(exception, at_once=not ours)
                watchdog.wake()  # the task may pass no other point

        return wrapped

    def _frame_in_scope(self, frame: FrameType | None) -> FrameType | None:
        while frame is not None and not self._scope.contains(frame.f_code, frame.f_globals):
            frame = frame.f_back
        return frame
