"""Run a body on real OS threads, under a switch interval that makes them alternate often.

The controlled engine finds an interleaving; this confirms that real threads meet it, or shows how
seldom they do. Nothing is steered here, so a bug that does not show up may still be there.

Threads that start one after the other seldom overlap: the first is done before the last begins.
So each thread that the body starts waits at a gate before its `run`. It opens when the body joins,
waits or ends. A wait that is written in C (`Lock.acquire`, a socket) cannot be seen; for it, the
gate opens by itself once no thread was started for a moment.

A repeat that hangs cannot be ended in Python, only left behind. So all of its threads are daemons
for the interpreter, which then does not wait for them at exit. The program does not see that:
`Thread.daemon` says what the program asked for.
"""

from __future__ import annotations

import _thread
import re
import sys
import threading
from _thread import get_ident
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from time import monotonic
from types import MappingProxyType
from typing import Any

from harness.arguments import check_body
from harness.control.scheduling.scheduler import running
from harness.errors import UsageError
from harness.execution import Body
from harness.instrument.scope import CodeScope
from harness.outcome import Location, Outcome, Raised, Returned, Stuck
from harness.report.failure_text import headline
from harness.report.table import shown_path
from harness.report.value_text import text_of
from harness.switch_interval import checked_switch_interval, forced_switch_interval

_PATIENCE = 0.05  # seconds without a new thread after which the gate opens by itself
_EXECUTORS_NUMBER = re.compile(r"(?<=^ThreadPoolExecutor)-\d+")

_in_use = _thread.allocate_lock()
_repeats: dict[int, _Repeat] = {}  # by the idents of all threads that a body started, and its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """Be what a body did on real threads; `str()` gives a line for each outcome.

    Args:
        outcomes: how many repeats ended in each way, the most frequent first.
        repeats: how often the body was run.
        switch_interval: the seconds that were really in force; CPython rounds to microseconds.
        seconds: the time that all repeats took together.
    """

    outcomes: Mapping[Outcome, int]
    repeats: int
    switch_interval: float
    seconds: float

    @property
    def failure_rate(self) -> float:
        """Return the share of repeats, from 0 to 1, that raised something or hung."""
        failed = sum(
            count for outcome, count in self.outcomes.items() if isinstance(outcome, Raised | Stuck)
        )
        return failed / self.repeats

    def __str__(self) -> str:
        width = len(str(self.repeats))
        return "\n".join(
            f"{count:>{width}} of {self.repeats}: {_text_of(outcome)}"
            for outcome, count in self.outcomes.items()
        )


def stress(
    body: Body, *, switch_interval: float = 1e-6, repeats: int = 20, seconds: float = 10
) -> Stress:
    """Run `body` again and again on real OS threads, and count how it ends.

    The threads of a repeat start together, when the body first joins, waits or ends. The repeat
    ends with the last of them, daemons excepted. An exception of any thread is its outcome, the
    first in time if there are several; `SystemExit` in a thread that the body started ends that
    thread silently. A repeat that hangs is left behind: its threads go on to exist, as daemons
    whose names tell where they come from.

    Args:
        body: a callable without arguments that starts threads and joins them.
        switch_interval: the seconds after which the interpreter makes a thread give way to another.
        repeats: how often to run the body.
        seconds: the most that one repeat may take; one that takes longer is `Stuck`.

    Raises:
        UsageError: for an argument that the harness cannot use, and inside another stress run or
            an exploration.
        KeyboardInterrupt: on Ctrl-C, or when the body raises it.
    """
    check_body(body)
    checked_switch_interval("switch_interval", switch_interval)
    _check_repeats(repeats)
    _check_seconds(seconds)
    _check_place()
    counts: dict[Outcome, int] = {}
    if not _in_use.acquire(blocking=False):
        raise UsageError(
            "stress was called while another stress run is going on. "
            "Let the body start plain threads, and run one stress after the other."
        )
    try:
        scope = CodeScope()
        with forced_switch_interval(switch_interval) as in_force, _threads_watched():
            began = monotonic()
            for number in range(1, repeats + 1):
                outcome = _Repeat(body, number, scope).run(seconds)
                counts[outcome] = counts.get(outcome, 0) + 1
            elapsed = monotonic() - began
    finally:
        _in_use.release()
    return Stress(
        outcomes=MappingProxyType(
            dict(sorted(counts.items(), key=lambda item: item[1], reverse=True))
        ),
        repeats=repeats,
        switch_interval=in_force,
        seconds=elapsed,
    )


@dataclass(frozen=True, slots=True)
class _Member:
    """Be a thread of a repeat, numbered like a task.

    Args:
        number: 0 for the body's own thread, then in start order.
        thread: the thread.
        daemon: whether the program, not the harness, made it a daemon.
        title: its name, without the number that Python gave it: that one differs in each repeat.
    """

    number: int
    thread: threading.Thread
    daemon: bool
    title: str


class _Repeat:
    """Run the body once, with all threads that it starts.

    Invariant: `members` and `failures` only grow, so they can be read without a lock.
    """

    def __init__(self, body: Body, number: int, scope: CodeScope) -> None:
        self.gate = _Gate()
        # The body is inside Thread.start, whose wait is not the body's. Nobody else starts a thread
        # while the gate is closed, and once it is open this means nothing.
        self.starting = False
        self.members: list[_Member] = []  # in start order
        self.failures: list[tuple[int, BaseException]] = []  # in time order, with the number
        self._body = body
        self._name = f"hypothread stress {number}"
        self._scope = scope
        self._guard = _thread.allocate_lock()
        self._excepthook = threading.excepthook
        self._value: Any = None
        self._interrupt: KeyboardInterrupt | None = None
        self._abandoned = False

    def run(self, seconds: float) -> Outcome:
        """Run the body, and say how it and its threads ended within `seconds`."""
        deadline = monotonic() + seconds
        call = partial(copy_context().run, self._body)
        thread = threading.Thread(target=self._run_body, args=(call,), name=self._name, daemon=True)
        self.members.append(_Member(0, thread, False, "the body"))
        try:
            thread.start()
            for member in self.members:  # it may grow meanwhile; a list's iterator sees that
                if not member.daemon:
                    _wait_for(member.thread, deadline)
                if self._interrupt is not None:
                    raise self._interrupt
            return self._outcome()
        finally:
            self._abandon()

    def start(self, thread: threading.Thread, start: Callable[[], None]) -> None:
        """Start a thread for the program; it goes to the gate before it runs."""
        daemon = thread.daemon
        with self._guard:
            number = len(self.members)
            self.members.append(_Member(number, thread, daemon, _title(thread)))
        fields = thread.__dict__
        own_run = fields.get("run")

        def run_gated() -> None:
            del fields["run"]
            if own_run is not None:
                fields["run"] = own_run
            fields["_daemonic"] = daemon
            self._run_thread(number, thread)

        fields["run"] = run_gated  # an attribute of the object goes before the class's method
        thread.daemon = True
        self.gate.expect()
        self.starting = True
        try:
            start()
        except BaseException:
            if not _is_alive(thread):  # the system refused
                fields.pop("run", None)
            raise
        finally:
            self.starting = False
            fields["_daemonic"] = daemon

    def _run_body(self, call: Callable[[], Any]) -> None:
        threading.current_thread().__dict__["_daemonic"] = False  # which its threads inherit
        _repeats[get_ident()] = self
        try:
            self._value = call()
        except KeyboardInterrupt as interrupt:
            self._interrupt = interrupt
        except BaseException as exception:  # whatever it is, it is the outcome
            self._fail(0, exception)
        finally:
            self.gate.open()
            _repeats.pop(get_ident(), None)

    def _run_thread(self, number: int, thread: threading.Thread) -> None:
        _repeats[get_ident()] = self
        try:
            self.gate.wait()
            if not self._abandoned:
                thread.run()
        except SystemExit:
            pass
        except BaseException as exception:
            self._fail(number, exception)
            if threading.excepthook is not self._excepthook:
                raise  # the program has a hook of its own
        finally:
            _repeats.pop(get_ident(), None)

    def _fail(self, number: int, exception: BaseException) -> None:
        traceback = exception.__traceback__
        # Without this module's frame, which would keep the threads alive.
        exception = exception.with_traceback(traceback and traceback.tb_next)
        self.failures.append((number, exception))

    def _outcome(self) -> Outcome:
        failures = tuple(self.failures)
        if failures:
            (number, exception), *others = failures
            if isinstance(exception, UsageError):
                raise exception
            return Raised(exception, number, self._scope.raising_line(exception), tuple(others))
        hanging = self._hanging()
        if hanging:
            return Stuck(self._where(hanging))
        return Returned(self._value)

    def _hanging(self) -> list[_Member]:
        return [member for member in self.members if not member.daemon and _is_alive(member.thread)]

    def _where(self, hanging: list[_Member]) -> str:
        frames = sys._current_frames()
        places = []
        for member in hanging:
            file, line, function = self._scope.place_of(frames.get(member.thread.ident or 0))
            where = f" at {shown_path(Location(file, line))} in {function}" if file else ""
            places.append(f"T{member.number} ({member.title}){where}")
        return ", ".join(places)

    def _abandon(self) -> None:
        """Leave threads that still run behind; those that have not begun never will."""
        self._abandoned = True
        self.gate.open()
        for member in self._hanging():
            thread = member.thread
            if member.number:
                thread.name = f"{self._name}: {thread.name}"
            thread.__dict__["_daemonic"] = True
            _forget_worker(thread)


class _Gate:
    """Hold threads back until it is opened, once and for all.

    It is made of bare locks, because waiting on a `threading.Event` is what opens it.
    """

    def __init__(self) -> None:
        self._guard = _thread.allocate_lock()
        self._open = False
        self._waiting: list[_thread.LockType] = []  # locked, one for each waiting thread
        self._expected = 0  # threads started so far

    def expect(self) -> None:
        """Be told that a thread is started: more may follow."""
        self._expected += 1

    def wait(self) -> None:
        """Wait until it is open; open it if no thread was started for a moment."""
        own = _thread.allocate_lock()
        own.acquire()
        with self._guard:
            if self._open:
                return
            self._waiting.append(own)
        expected = self._expected
        while not own.acquire(timeout=_PATIENCE):
            if self._expected == expected:
                self.open()
            expected = self._expected

    def open(self) -> None:
        """Let everybody through, from now on."""
        if self._open:
            return
        with self._guard:
            self._open = True
            waiting, self._waiting = self._waiting, []
        for lock in waiting:
            lock.release()


@contextmanager
def _threads_watched() -> Iterator[None]:
    """See to it that threads of a repeat start, join and wait under its eyes; others as ever."""
    start, join = threading.Thread.start, threading.Thread.join
    wait = threading.Condition.wait  # what Event, Semaphore, Barrier, Queue and Future wait with

    def watched_start(self: threading.Thread) -> None:
        repeat = _repeats.get(get_ident())
        if repeat is None or not _can_be_started(self):
            start(self)
        else:
            repeat.start(self, partial(start, self))

    def watched_join(self: threading.Thread, timeout: float | None = None) -> None:
        repeat = _repeats.get(get_ident())
        if repeat is not None:
            repeat.gate.open()
        join(self, timeout)

    def watched_wait(self: threading.Condition, timeout: float | None = None) -> bool:
        repeat = _repeats.get(get_ident())
        if repeat is not None and not repeat.starting and (timeout is None or timeout > 0):
            repeat.gate.open()
        return wait(self, timeout)

    patches: tuple[tuple[type, str, object, object], ...] = (
        (threading.Thread, "start", start, watched_start),
        (threading.Thread, "join", join, watched_join),
        (threading.Condition, "wait", wait, watched_wait),
    )
    try:
        for owner, name, _, watched in patches:
            setattr(owner, name, watched)
        yield
    finally:
        for owner, name, original, _ in patches:
            setattr(owner, name, original)


def _can_be_started(thread: threading.Thread) -> bool:
    return getattr(thread, "_initialized", False) and thread.ident is None


def _wait_for(thread: threading.Thread, deadline: float) -> None:
    # The class's own method: a subclass may raise in `join` what its thread raised.
    # RuntimeError: it never began, because the system refused, or a daemon is just starting it.
    with suppress(RuntimeError):
        threading.Thread.join(thread, max(deadline - monotonic(), 0.0))


def _is_alive(thread: threading.Thread) -> bool:
    return threading.Thread.is_alive(thread)


def _title(thread: threading.Thread) -> str:
    """Return the name of a thread, `worker` for Python's own `Thread-7 (worker)`."""
    name = _EXECUTORS_NUMBER.sub("", thread.name)
    if not name.startswith("Thread-"):
        return name
    _, _, target = name.partition(" (")
    return target.removesuffix(")") or type(thread).__name__


def _forget_worker(thread: threading.Thread) -> None:
    """Keep concurrent.futures from joining a thread that hangs when the interpreter exits."""
    module = sys.modules.get("concurrent.futures.thread")
    workers = getattr(module, "_threads_queues", None)
    if workers is not None:
        workers.pop(thread, None)


def _text_of(outcome: Outcome) -> str:
    if isinstance(outcome, Returned):
        return f"returned {text_of(outcome.value)}"
    if isinstance(outcome, Stuck):
        return f"stuck, {outcome.where}"
    return headline(outcome)


def _check_repeats(repeats: int) -> None:
    if type(repeats) is not int or repeats < 1:
        raise UsageError(f"repeats={repeats!r}. Give a whole number, 1 or more.")


def _check_seconds(seconds: float) -> None:
    if type(seconds) not in (int, float) or not 0 < seconds <= threading.TIMEOUT_MAX:
        raise UsageError(
            f"seconds={seconds!r}. Give the number of seconds that one repeat may take, "
            "greater than 0, like 10."
        )


def _check_place() -> None:
    if running.thread_ident:
        raise UsageError(
            "stress was called inside an exploration, whose threads are not real ones. "
            "Call it on its own, before or after."
        )
