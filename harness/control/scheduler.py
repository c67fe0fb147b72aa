"""The scheduler: exactly one task runs, and at each switch point somebody may choose another.

Tasks are greenlets of one OS thread. The running task decides inline, inside the hook or the
primitive that reached the switch point, and switches straight to the chosen task; the hub (the
greenlet that called `run`) starts each task, because a greenlet inherits the recursion depth of
whoever starts it, and takes over when nobody can go on.

There is one scheduler, `running`, because hooks in the code find it through a global: that is
what keeps a point that nobody watches below 100 ns. `running.ident` is the OS thread that hooks
listen to; 0 means that they are quiet.
"""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from greenlet import getcurrent, greenlet

from harness.control.carriers import take_carrier, take_parked
from harness.control.protocols import Chooser
from harness.control.task import NEVER, Task, TaskKilled
from harness.errors import InternalError
from harness.instrument.site import ASKED, NOT_ASKED, UNKNOWN, Site
from harness.interleaving import Switch

# What a killed task may still do to clean up, before it is killed again.
_POINTS_TO_CLEAN_UP = 10_000
_KILLS_BEFORE_LEAVING_BEHIND = 30
_FIRST_IDENT = 1_000_000


class Scheduler:
    """Run the tasks of one execution after the other.

    Invariants: `current` is the only task whose code runs; `alive` holds the tasks that are not
    done, by number.
    """

    __slots__ = (
        *("alive", "before_end", "before_switch", "chooser", "current", "deadlocked", "epoch"),
        *(
            "failures",
            "ident",
            "interrupted",
            "killing",
            "listening",
            "met_unknown_site",
            "now",
            "observer",
        ),
        *("out_of_steps", "stuck", "switches", "tasks", "thread_ident", "watching", "_hub"),
        *("_kills", "_limit", "_points_at_turn", "_starting", "_steps_left"),
    )

    def __init__(self) -> None:
        self.ident = 0
        self.listening: greenlet | None = None  # whose hooks are points; None: nobody's
        self.thread_ident = 0  # the OS thread of the running execution, 0 between executions
        self.current: Task = None  # type: ignore[assignment]  # set while thread_ident is not 0
        self.tasks: list[Task] = []
        self.alive: list[Task] = []
        self.chooser: Chooser = None  # type: ignore[assignment]
        self.watching = False
        self.observer: Any = None
        self.now = 0.0  # virtual seconds since the execution began
        self.switches: list[Switch] = []
        self.epoch = 0  # executions begun so far
        self.failures: list[tuple[Task, BaseException]] = []
        self.out_of_steps = False
        self.deadlocked = False
        self.killing = False
        self.met_unknown_site = False
        self.stuck = ""  # why the watchdog ended the execution
        self.interrupted: BaseException | None = None
        self.before_end: Callable[[], None] | None = None  # called while everybody still stands
        self.before_switch: Callable[[Task, Task], None] | None = None
        self._hub: greenlet = None  # type: ignore[assignment]
        self._starting: Task | None = None
        self._steps_left = NEVER  # switch points that may still be passed, as of this turn
        self._points_at_turn = 0  # the current task's points when it got the turn
        self._limit = NEVER  # the current task's point that would be one too many
        self._kills = 0

    # One execution -------------------------------------------------------------------------

    def begin(self, chooser: Chooser, max_steps: int, observer: Any) -> None:
        """Forget the last execution and get ready for the next."""
        for task in self.tasks:
            task.thread = None  # a thread knows its task: free both without the collector
        self.tasks = []
        self.alive = []
        self.switches = []
        self.failures = []
        self.chooser = chooser
        self.watching = chooser.watching
        self.observer = observer
        self.now = 0.0
        self.epoch += 1
        self.out_of_steps = self.deadlocked = self.killing = False
        self.met_unknown_site = False
        self.stuck = ""
        self.interrupted = None
        self._steps_left = max_steps
        self._kills = 0
        self._hub = getcurrent()

    def run(self, body: Callable[[Task], None]) -> None:
        """Run `body` as T0 until every task has ended or nobody can go on; then end the rest."""
        first = self.spawn(body)
        first.ident = get_ident()
        first.context = copy_context()
        self.thread_ident = self.ident = first.ident
        self._give_turn(first)
        try:
            self._starting = first
            while (task := self._starting) is not None:
                self._starting = None
                if task.greenlet is None:
                    task.greenlet = take_carrier(task, self._after_a_task)
                self.listening = task.greenlet
                task.greenlet.switch(task)
            if self.before_end is not None:
                self.ident = 0
                self.listening = None
                self.before_end()
        finally:
            self._end_all()
            self.ident = self.thread_ident = 0
            self.listening = None
        if self.interrupted is not None and not self.stuck:
            raise self.interrupted

    @property
    def steps(self) -> int:
        """Return the number of switch points passed in this execution."""
        return sum([task.points for task in self.tasks])

    def spawn(self, body: Callable[[Task], None]) -> Task:
        """Add a task that runs `body`; it waits for its first turn."""
        number = len(self.tasks)
        task = Task(number, _FIRST_IDENT + number, body)
        task.planned = self.chooser.planned(number, 0)
        self.tasks.append(task)
        self.alive.append(task)
        return task

    # Switch points -------------------------------------------------------------------------

    def synchronize(self, task: Task, operation: str, resource: Any) -> None:
        """Pass the switch point before a synchronization operation."""
        if self.ident == 0:
            return
        task.points = point = task.points + 1
        if self.watching or point >= task.stop_at:
            self.stop(task, point, operation, resource)
        if self.observer is not None:
            self.observer.synchronize(task, operation, resource)

    def count(self, task: Task, operation: str) -> None:
        """Pass a switch point at which a switch makes no difference, so nobody is asked."""
        if self.ident == 0:
            return
        task.points = point = task.points + 1
        if point >= task.stop_at:
            self.stop(task, point, operation, None, NOT_ASKED)

    def stop(
        self, task: Task, point: int, about: Site | str, operand: Any, asked: int = ASKED
    ) -> None:
        """Let the chooser say who goes on at a watched or planned point.

        Args:
            task: the running task.
            point: the number of its switch point.
            about: what it is about to do: the place in the code, or a synchronization operation.
            operand: what it is about to touch, as far as the hook knows.
            asked: whether a search that watches is asked: `ASKED`, `NOT_ASKED`, or `UNKNOWN`,
                which takes note that nobody knows yet whether it matters, and asks unless an
                observer is about to find out. A place in the code says it itself.
        """
        if type(about) is Site:
            asked = about.asked
        if asked == UNKNOWN:
            self.met_unknown_site = True
            if self.observer is not None:  # it is about to see whether it matters
                asked = NOT_ASKED
        due = False
        if point >= task.stop_at:
            if self.killing:
                self._kill_again()
            if point >= self._limit:
                self.out_of_steps = True
                self._leave()
            due = self._is_due(task)
            task.stop_at = min(task.planned, self._limit)
        if not due and not (self.watching and asked):
            return
        others, timed = self._others(task)
        if not others:
            return
        task.about = about
        task.operand = operand
        number = self._choose([task.number, *others], task, timed)
        if number != task.number:
            self.switches.append(Switch(task.number, point, number))
            kind = about.kind if type(about) is Site else about
            self._switch(task, self.tasks[number], kind)  # type: ignore[arg-type]  # a str then
        task.operand = None  # or it would live on

    def block(
        self,
        task: Task,
        ready: Callable[[], bool],
        operation: str,
        resource: Any,
        timeout: float | None = None,
    ) -> bool:
        """Let others run until `ready()`, or until `timeout` virtual seconds are over.

        Returns:
            True when `ready()` holds, False when the time ran out.
        """
        if self.killing:
            self._kill_again()
        task.ready = ready
        task.operation = operation
        task.resource = resource
        task.deadline = None if timeout is None else self.now + timeout
        task.points += 1
        self._go_on(task)
        task.ready = task.resource = None
        if timeout is None:
            return True
        task.deadline = None
        return ready()

    def finish(self, task: Task) -> None:
        """End the running task and choose who goes on; nobody does when only daemons are left."""
        task.done = True
        self.alive.remove(task)
        task.points += 1
        if not self.killing:
            for other in self.alive:
                if not other.daemon:
                    self._go_on(task)
                    return

    def fail(self, task: Task, exception: BaseException) -> None:
        """Note that `task` ended with `exception`."""
        self.failures.append((task, exception))

    def fault(self, exception: Exception) -> None:
        """End the execution and let `run`'s caller raise what went wrong in the harness itself."""
        self.interrupted = exception
        if not self.killing:
            self._leave()

    def forget(self) -> None:
        """Let go of everything that belongs to the last execution."""
        self.begin(self.chooser, NEVER, None)

    def abandon(self) -> None:
        """End the execution, because it is to be run again; does nothing outside a loud task."""
        if self.ident == get_ident() and getcurrent() is not self._hub and not self.killing:
            self._leave()

    def quiet(self) -> _Quiet:
        """Return a context in which hooks and operations are no switch points."""
        return _Quiet(self)

    def interrupt(self, exception: BaseException) -> None:
        """End the execution and let `run`'s caller raise `exception`; called by signal handlers."""
        if self.thread_ident == get_ident():
            self.interrupted = exception
            if getcurrent() is not self._hub and not self.killing:
                self._leave()

    # Inside --------------------------------------------------------------------------------

    def _others(self, task: Task | None) -> tuple[list[int], int]:
        """Return who but `task` could go on, and how many of them would end a timed wait."""
        ready: list[int] = []
        timed: list[Task] = []
        for other in self.alive:
            if other is task:
                continue
            predicate = other.ready
            if predicate is None or predicate():
                ready.append(other.number)
            elif other.deadline is not None:
                if other.deadline <= self.now:
                    ready.append(other.number)
                else:
                    timed.append(other)
        if timed:
            timed.sort(key=_deadline)
            ready.extend([other.number for other in timed])
        return ready, len(timed)

    def _go_on(self, task: Task) -> None:
        """Give the turn to somebody, because `task` is blocked or done."""
        if self.watching or (task.points >= task.planned and self._is_due(task)):
            to = self._chosen(task)
        else:
            for to in self.alive:
                if to.ready is None or to.ready():
                    break
            else:
                to = min(filter(_has_deadline, self.alive), key=_deadline, default=None)
        if to is not None:
            self._switch(task, to, "end" if task.done else task.operation)
        else:
            self.deadlocked = True
            if not task.done:
                self._leave()

    def _chosen(self, task: Task) -> Task | None:
        runnable, timed = self._others(None)
        if len(runnable) < 2:  # noqa: PLR2004  one of one is no choice
            return self.tasks[runnable[0]] if runnable else None
        number = self._choose(runnable, task, timed)
        if number != runnable[0]:
            self.switches.append(Switch(task.number, task.points, number))
        return self.tasks[number]

    def _choose(self, runnable: list[int], task: Task, timed: int) -> int:
        try:
            return self.chooser.choose(runnable, task.number, task.points, timed)
        except Exception as exception:  # it is not the body's, so no task may catch it
            self.fault(exception)
            raise

    def _switch(self, task: Task, to: Task, kind: str) -> None:
        if to.deadline is not None and to.deadline > self.now and not to.ready():  # type: ignore[misc]  # a task with a deadline is blocked
            self.now = to.deadline
        if to is task:
            return
        if self.observer is not None:
            self.observer.switch(task, to, kind)
        if self.before_switch is not None:
            self.before_switch(task, to)
        self._steps_left -= task.points - self._points_at_turn
        # _give_turn(), written out: this is the hot path of everything that blocks.
        self.current = to
        self.listening = to.greenlet
        self._points_at_turn = points = to.points
        self._limit = limit = points + self._steps_left + 1
        to.stop_at = to.planned if to.planned < limit else limit
        if task.done:
            self._starting = to
        elif to.greenlet is not None:
            to.greenlet.switch()
        elif (carrier := take_parked(to)) is not None:  # its recursion depth is the hub's already
            to.greenlet = self.listening = carrier
            carrier.switch(to)
        else:
            self._starting = to
            self._hub.switch()

    def _after_a_task(self) -> Task:
        """Leave a greenlet whose task has ended; return the task that it is used for next."""
        to = self._starting
        if to is not None and not self.killing:
            self._starting = None
            if to.greenlet is None:
                to.greenlet = self.listening = take_parked(to)  # the one that runs this
                return to
            return to.greenlet.switch()  # type: ignore[no-any-return]  # the hub passes the task
        return self._hub.switch()  # type: ignore[no-any-return]  # the hub passes the task

    def _give_turn(self, task: Task) -> None:
        self.current = task
        self.listening = task.greenlet  # None before its first turn; it is set with it
        self._points_at_turn = points = task.points
        self._limit = limit = points + self._steps_left + 1
        task.stop_at = task.planned if task.planned < limit else limit

    def _is_due(self, task: Task) -> bool:
        """Say whether a switch is planned for just this point, and look for the next planned one."""
        if task.points < task.planned:
            return False
        due = task.points == task.planned
        task.planned = self.chooser.planned(task.number, task.points)
        return due

    def _leave(self) -> None:
        """Go to the hub, which ends the execution; never returns but by being killed."""
        self._starting = None
        self._hub.switch()
        raise InternalError("A task that was left behind was resumed.")

    def _kill_again(self) -> None:
        self._kills += 1
        if self._kills > _KILLS_BEFORE_LEAVING_BEHIND:
            self._leave()
        raise TaskKilled

    def _end_all(self) -> None:
        self.killing = True
        self.observer = None
        self.watching = False
        for task in list(self.alive) if self.alive else ():
            if task.greenlet is None:
                continue  # it never had a turn
            self._kills = 0
            self.current = task
            self.listening = task.greenlet
            task.ready = task.deadline = None
            task.stop_at = task.points + _POINTS_TO_CLEAN_UP
            while not task.done and self._kills <= _KILLS_BEFORE_LEAVING_BEHIND:
                self._kills += 1
                task.greenlet.throw(TaskKilled)
        for task in self.tasks:
            if task.held:
                for lock in task.held:
                    lock.forget()
                task.held = []


class _Quiet:
    __slots__ = ("_ident", "_listening", "_scheduler")

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def __enter__(self) -> None:
        self._ident = self._scheduler.ident
        self._listening = self._scheduler.listening
        self._scheduler.ident = 0
        self._scheduler.listening = None

    def __exit__(self, *_: object) -> None:
        self._scheduler.ident = self._ident
        self._scheduler.listening = self._listening


def _has_deadline(task: Task) -> bool:
    return task.deadline is not None


def _deadline(task: Task) -> float:
    assert task.deadline is not None
    return task.deadline


running = Scheduler()
