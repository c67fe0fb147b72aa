"""Run a body once, or many times, in the controlled world."""

from __future__ import annotations

import _thread
import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

from harness import line_tracing, shown_execution
from harness.arguments import (
    check_body,
    check_carrier,
    check_max_delay,
    check_max_steps,
    check_model,
    checked_packages,
)
from harness.control.environment.entropy import entropy
from harness.control.environment.garbage import garbage
from harness.control.environment.leftovers import Leftovers
from harness.control.environment.signals import Signals
from harness.control.environment.unraisable import Unraisable
from harness.control.gil.hand_over import HAND_OVER_HOOKS, HandOvers
from harness.control.gil.library_frames import library_frames
from harness.control.hooks import HOOKS
from harness.control.library.executor import is_idle_worker
from harness.control.library.thread import be_main_thread, begin_threads, leave_main_thread
from harness.control.observing.observer import Observer
from harness.control.observing.recorder import Recorder
from harness.control.observing.resource_names import shown_operation
from harness.control.primitives.local import locals_
from harness.control.remains import clear_remains
from harness.control.scheduling.carriers import Carriers, greenlets
from harness.control.scheduling.delays import Delays
from harness.control.scheduling.outside import who_may_help
from harness.control.scheduling.protocols import Chooser, Listener
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import NEVER, Task, TaskKilled
from harness.control.scheduling.thread_carriers import threads
from harness.control.scheduling.watchdog import watchdog
from harness.control.takeover import Takeover
from harness.errors import InternalError, UsageError
from harness.instrument.finder import Heap
from harness.instrument.installation import Installation
from harness.instrument.scope import CodeScope
from harness.instrument.site import NOT_ASKED
from harness.interleaving import Interleaving, Switch
from harness.outcome import Deadlocked, Location, Outcome, OutOfSteps, Raised, Returned, Stuck, Wait
from harness.report.failure_text import error_of
from harness.trace import Trace

Body = Callable[[], Any]
_EXECUTIONS_TO_MEET_ALL_CODE = 100_000

_heaps: dict[tuple[str, ...], Heap] = {}
_installations: dict[tuple[tuple[str, ...], str], Installation] = {}
_HOOKS = {"free-threaded": HOOKS, "gil": replace(HOOKS, hand_over=HAND_OVER_HOOKS)}


@dataclass(slots=True)  # not frozen: a search makes one for each execution
class Execution:
    """Be one run of one body under one interleaving.

    Args:
        outcome: how it ended.
        departures: the task, the point and the target of each switch that reproduces it.
        steps: the number of switch points passed.
        trace: what happened, step by step; empty unless it was asked for.
    """

    outcome: Outcome
    departures: Sequence[tuple[int, int, int]]
    steps: int
    trace: Trace

    @property
    def interleaving(self) -> Interleaving:
        """Return the canonical interleaving, which reproduces the execution."""
        return Interleaving(tuple(Switch(*departure) for departure in self.departures))

    def result(self) -> Any:
        """Return what the body returned, or raise what ended it, like `Future.result`.

        Raises:
            BaseException: what a task raised.
            DeadlockError: when nobody could go on.
            OutOfStepsError: when `max_steps` switch points were passed.
            InconclusiveError: when the harness lost sight of a task.
        """
        if isinstance(self.outcome, Returned):
            return self.outcome.value
        raise error_of(self.outcome)


class World:
    """Be the controlled world of one body, in which it is run any number of times.

    Entering it takes `threading` and the clocks over and puts hooks into the code in scope;
    leaving it puts everything back.

    Args:
        body: a callable without arguments.
        model: where a switch is allowed.
        instrument: names of installed packages that get switch points, too.
        max_steps: the most switch points of one execution.
        carrier: what the tasks run on.
        max_delay: the virtual seconds for which no task is held up that could go on.
        looks_at_library_frames: whether the GIL's model sees each frame that hands it over, and
            not only those that are known beforehand.

    Raises:
        UsageError: for an argument that the harness cannot use.
    """

    def __init__(
        self,
        body: Body,
        *,
        model: str,
        instrument: Sequence[str],
        max_steps: int,
        carrier: str = "greenlets",
        max_delay: float | None = None,
        looks_at_library_frames: bool = True,
    ) -> None:
        check_body(body)
        check_model(model)
        check_carrier(carrier)
        check_max_steps(max_steps)
        check_max_delay(max_delay)
        self.body = body
        self.max_steps = max_steps
        self.cut_at = NEVER  # steps after which nobody wants to see more of an execution
        self.installation = _installation_of(checked_packages(instrument), model)
        self._carriers: Carriers = threads if carrier == "threads" else greenlets
        self._delays = None if max_delay is None else Delays(max_delay)
        self._looks_at_library_frames = looks_at_library_frames
        self._hand_overs = HandOvers() if model == "gil" else None
        self._takeover = Takeover(self.installation)
        self._signals = Signals(self.installation.scope)
        self._unraisable = Unraisable()
        self.stuck_in: Stuck | None = None  # how some execution ended; the next may do so, too
        self.unjoined: dict[str, None] = {}  # names of threads that were running at the body's end
        self._value: Any = None
        self._standing: Outcome | None = None  # how it stood when nobody could go on
        self._observer: Observer | None = None
        self._undo = ExitStack()
        self._is_warm = False
        self._looked_at_entropy = False

    def __enter__(self) -> World:
        _check_thread()
        with ExitStack() as undo:
            later = undo.callback  # each before what it undoes: that may be half done
            later(self._signals.end)
            self._signals.begin()
            later(self._unraisable.end)
            self._unraisable.begin()
            later(line_tracing.pause())
            if gc.isenabled():
                later(gc.enable)
                gc.disable()
            self._is_warm = self.installation.look_for_code(self.body)
            later(entropy.end_exploration)
            entropy.begin_exploration()
            later(self.installation.uninstall)
            self.installation.install()
            later(self._takeover.end)
            self._takeover.begin()
            later(garbage.end)
            later(self._end_running)
            running.before_end = self._look_before_the_end
            running.asked_at_release = NOT_ASKED
            running.looks_at_threads = False
            running.hand_overs = self._hand_overs
            running.delays = self._delays
            running.carriers = self._carriers
            later(threads.join)
            later(watchdog.end)
            watchdog.begin()
            later(library_frames.end)
            if self._hand_overs is not None and self._looks_at_library_frames:
                library_frames.begin()
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._undo.close()

    def _end_running(self) -> None:
        running.before_end = None
        running.hand_overs = running.delays = None
        running.forget()
        running.carriers = greenlets
        leave_main_thread()

    def observer(
        self, *, steps: bool = False, conflicts: bool = False, order: bool = False
    ) -> Observer:
        """Return a new observer for one execution."""
        return Observer(self.installation.scope, steps=steps, conflicts=conflicts, order=order)

    def recorder(self, listener: Listener) -> Recorder:
        """Return a new observer that tells `listener` of each operation."""
        return Recorder(self.installation.scope, listener)

    @contextmanager
    def on_os_threads(self) -> Iterator[None]:
        """Let the executions inside run on OS threads, whatever the carrier is."""
        running.carriers = threads
        try:
            yield
        finally:
            running.carriers = self._carriers

    def warm_up(self, chooser: Chooser) -> Outcome | None:
        """Run the body until caches are filled and all code that runs has hooks.

        Once for each body: other functions with the same code find everything warm.

        Returns:
            How the execution ended; `None` if there was none.
        """
        if self._is_warm:
            return None
        before = Leftovers(self.installation.namespaces.values())
        outcome = self.execute(chooser).outcome
        self.installation.note_leftovers(self.body, before.changed())
        pass_usage_errors_on(outcome)
        return outcome

    @property
    def leftovers(self) -> tuple[str, ...]:
        """Return the module-level containers that the body has changed when it ran first."""
        return self.installation.leftovers_of(self.body)

    def execute(self, chooser: Chooser, observer: Observer | None = None) -> Execution:
        """Run the body once; again if code turns up that has no hooks yet."""
        for _ in range(_EXECUTIONS_TO_MEET_ALL_CODE):
            if observer is not None and observer.keeps_steps:
                with shown_execution.around():
                    execution = self._execute_once(chooser, observer)
            else:
                execution = self._execute_once(chooser, observer)
            if not self.installation.met_new_code or running.stuck:
                if not self._looked_at_entropy:
                    self._looked_at_entropy = True
                    entropy.look()
                return execution
            if observer is not None:
                observer.begin()
            chooser.begin_again()
        raise InternalError(f"Code without hooks runs for ever anew: {self.installation!r}")

    def _execute_once(self, chooser: Chooser, observer: Observer | None) -> Execution:
        self.installation.met_new_code = False
        self._standing = None
        self._value = None
        self._observer = observer
        if entropy.is_used:
            entropy.begin_execution()
        begin_threads(threading.excepthook)
        running.begin(chooser, self.max_steps, observer, self.cut_at)
        if self.installation.has_early:
            locals_.begin(self.installation.early())
        try:
            running.run(self._run_body)
        finally:
            if running.has_remains or running.alive:
                clear_remains()
            if running.epoch >= garbage.next_look:
                garbage.collect()
        if self._signals.waiting:
            self._signals.deliver()
        return Execution(
            self._outcome(),
            running.switches,
            running.steps,
            observer.trace() if observer is not None and observer.keeps_steps else _NO_TRACE,
        )

    def _run_body(self, task: Task) -> None:
        if self._hand_overs is not None:
            self._hand_overs.begin_task()
        be_main_thread(task)
        try:
            try:
                self._value = self.body()
                if len(running.alive) > 1:
                    self._note_unjoined()
            except TaskKilled:
                raise
            except BaseException as exception:
                if not running.killing:
                    running.fail(task, exception)
            if len(running.alive) > 1:
                running.count(task, "end")
        except TaskKilled:
            pass
        running.finish(task)

    def _note_unjoined(self) -> None:
        for other in running.alive[1:]:  # after the main thread
            if not is_idle_worker(other):
                self.unjoined[other.name] = None

    def _outcome(self) -> Outcome:
        if running.stuck:
            self.stuck_in = Stuck(running.stuck)
            return self.stuck_in
        if running.failures:
            (task, exception), *others = running.failures
            return Raised(
                exception,
                task.number,
                self.installation.scope.raising_line(exception),
                tuple((other.number, error) for other, error in others),
            )
        return self._standing or Returned(self._value)

    def _look_before_the_end(self) -> None:
        if self._observer is not None:
            self._observer.before_end()
        if all(map(is_idle_worker, running.alive)):  # or nobody is there any more
            return
        if running.deadlocked:
            self._standing = Deadlocked(tuple(self._wait_of(task) for task in running.alive))
            running.stuck = who_may_help(running.alive)
        elif running.out_of_steps:
            self._standing = OutOfSteps(
                self.max_steps,
                locations=tuple((task.number, self._line_of(task)) for task in running.alive),
                endless=running.endless,
            )

    def _wait_of(self, task: Task) -> Wait:
        owner = getattr(task.resource, "owner", None)
        return Wait(
            task=task.number,
            name=task.name,
            operation=shown_operation(task.operation, task.resource),
            what=self._describe(task.resource),
            location=self._line_of(task),
            held_by=None if owner is None else owner.number,
            holder_has_ended=owner is not None and owner.done,
            holds=tuple(self._describe(lock) for lock in task.held),
        )

    def _describe(self, resource: Any) -> str:
        return "" if self._observer is None else self._observer.describe(resource)

    def _line_of(self, task: Task) -> Location | None:
        frame = None if task.carrier is None else task.carrier.gr_frame
        file, line, _ = self.installation.scope.place_of(frame)
        return Location(file, line) if file else None


_NO_TRACE = Trace()


def pass_usage_errors_on(outcome: Outcome) -> None:
    """Raise what the harness says inside a task about how it is used."""
    if isinstance(outcome, Raised) and isinstance(outcome.exception, UsageError):
        raise outcome.exception


def _installation_of(packages: tuple[str, ...], model: str) -> Installation:
    key = (packages, model)
    if packages not in _heaps:
        _heaps[packages] = Heap(CodeScope(packages), (_thread._local,))
    if key not in _installations:
        _installations[key] = Installation(
            _heaps[packages], _HOOKS[model], running.hears, running.abandon
        )
    return _installations[key]


def _check_thread() -> None:
    if running.thread_ident:
        raise UsageError(
            "An exploration was started while another one is running. Let the body start plain "
            "threads; explore it from outside. Of a test marked `interleave` all of it is the body."
        )
    if threading.current_thread() is not threading.main_thread():
        raise UsageError(
            f"An exploration was started on the thread {threading.current_thread().name!r}. Start "
            "it on the main thread; only there Ctrl-C and the watchdog can end it."
        )
