"""The scheduler: exactly one task runs, and at each switch point somebody may choose another.

Tasks are greenlets of one OS thread, or OS threads that wait for their turns. The running task
decides inline, inside the hook or the primitive that reached the switch point, and switches
straight to the chosen task; the hub (the greenlet that called `run`) starts each task, because a
greenlet inherits the recursion depth of whoever starts it, and takes over when nobody can go on.

There is one scheduler, `running`, because hooks in the code find it through a global: that is
what keeps a point that nobody watches below 100 ns. `running.ident` is the OS thread that hooks
listen to, the one that has the turn; 0 means that they are quiet.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from harness.control.scheduling.choices import Choices
from harness.control.scheduling.quiet import Quiet
from harness.control.scheduling.spinning import Spinning
from harness.control.scheduling.task import (
    ASLEEP,
    FOREVER,
    NEVER,
    Task,
    TaskKilled,
    deadline_of,
    has_deadline,
)
from harness.instrument.site import ASKED, NOT_ASKED, UNKNOWN, Site

# What a killed task may still do to clean up, before it is killed again.
_POINTS_TO_CLEAN_UP = 10_000
_KILLS_BEFORE_LEAVING_BEHIND = 30
_FIRST_IDENT = 1_000_000
A_YIELD = 1e-9  # virtual seconds: a wait of no time still lets everybody else go first


class Scheduler(Choices):
    """Run the tasks of one execution after the other."""

    __slots__ = ()

    def run(self, body: Callable[[Task], None]) -> None:
        """Run `body` as T0 until every task has ended or nobody can go on; then end the rest."""
        first = self.spawn(body)
        first.ident = get_ident()
        first.context = copy_context()
        self.thread_ident = self.ident = first.ident
        self.current = first
        try:
            self._starting = first
            while (task := self._starting) is not None:
                self._starting = None
                if task.carrier is None:
                    task.carrier = self.carriers.take(task, self._after_a_task)
                self.listening = task.carrier
                task.carrier.switch(task)
            if self.alive and self.before_end is not None:
                self.ident = 0
                self.listening = None
                self.before_end()
        finally:
            self.cut_short = bool(self.alive)
            if self.alive or self._ended_holding:
                self._end_all()
            self.killing = True
            self.observer = None
            self.ident = self.thread_ident = 0
            self.listening = None
        if self.interrupted is not None and not self.stuck:
            raise self.interrupted

    def spawn(self, body: Callable[[Task], None]) -> Task:
        """Add a task that runs `body`; it waits for its first turn."""
        number = len(self.tasks)
        task = Task(number, _FIRST_IDENT + number, body)
        task.planned = planned = self.chooser.planned(number, 0)
        task.limit = limit = self._share
        task.stop_at = planned if planned < limit else limit
        self.tasks.append(task)
        self.alive.append(task)
        self.situation += 1
        if len(self.alive) == 2:  # noqa: PLR2004  one was alone
            self.steps_alone += self.alive[0].points - self._alone_since
        return task

    # Switch points -------------------------------------------------------------------------

    def synchronize(
        self,
        task: Task,
        operation: str,
        resource: Any,
        asked: int = ASKED,
        *,
        patience: int = FOREVER,
    ) -> None:
        """Pass the switch point before a synchronization operation.

        Args:
            task: who does it.
            operation: what it is, like "acquire".
            resource: the lock, event, … that it is done to.
            asked: whether a search that watches is asked; see `stop`.
            patience: how long it waits, if it cannot be done at once.
        """
        if self.ident == 0:
            return
        task.points = point = task.points + 1
        if (self.watching and asked) or point >= task.stop_at:
            task.patience = patience
            self.stop(task, point, operation, resource, asked)
            task.patience = FOREVER
        if self.observer is not None:
            self.observer.synchronize(task, operation, resource, patience=patience)

    def count(self, task: Task, operation: str) -> None:
        """Pass the point before a thread starts, sleeps, ends or is joined, which seldom matters."""
        if self.ident and not task.done:
            task.points = point = task.points + 1
            asked = self.watching and (self.everywhere or self.looks_at_threads)
            if asked or point >= task.stop_at:
                self.stop(task, point, operation, None, ASKED if asked else NOT_ASKED)

    def pass_over(self, site: Site) -> None:
        """Take note that what was met at `site` is nothing that anybody else could change."""
        if self.observer is not None:
            self.observer.pass_over(self.current, site)

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
        if asked == ASKED and point < task.stop_at and self.hand_overs is None:
            if self.watching:
                self._offer_turn(task, point, about, operand)
            return
        if asked == UNKNOWN:
            self.met_unknown_site = True
            if self.observer is not None:  # it is about to see whether it matters
                asked = NOT_ASKED
        elif self.everywhere:
            asked = ASKED
        due = False
        if point >= task.stop_at:
            due = self._is_due(task, point)
            if self._looks:
                self._looks = False
                if self._spins(task, point, _kind_of(about)):
                    self._give_up(task, _kind_of(about), due or self.watching)
                    return
        if due or (self.watching and asked):
            known = point if self.hand_overs is None else self._known_point(task, point, due)
            if known:
                self._offer_turn(task, known, about, operand)

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
        self.situation += 1
        task.ready = ready
        task.operation = operation
        task.resource = resource
        task.deadline = None if timeout is None else self.now + (timeout or A_YIELD)
        task.points += 1
        if self.watching and task.points < task.stop_at:  # _go_on(), written out
            to = self._choose(task, task.points)
            if to is None:
                self.deadlocked = True
                self._leave()
            self._switch(task, to, operation)
        else:
            self._go_on(task)
        task.handed_over_at = task.points
        if self.observer is not None:
            self.observer.resumed(task, timed=timeout is not None)
        task.ready = task.resource = None
        self.situation += 1
        if timeout is None:
            return True
        task.deadline = None
        found = ready()
        if not found and self.observer is not None:
            self.observer.ran_out(task, operation, resource, timeout)
        return found

    def finish(self, task: Task) -> None:
        """End the running task and choose who goes on; nobody does when only daemons are left."""
        if task.done:
            return  # it was left behind
        task.done = True
        self.alive.remove(task)
        self.situation += 1
        for other in self.alive:
            if other.ready is ASLEEP and other.resource is task.thread:  # it joins the task
                other.ready = task.has_ended
        if self.observer is not None:
            self.observer.ended(task)
        task.points += 1
        alone = len(self.alive)
        if alone == 1:
            self._alone_since = self.alive[0].points
        elif alone == 0:
            self.steps_alone += task.points - self._alone_since
        if task.held:
            self._ended_holding.append(task)
        if not self.killing:
            for other in self.alive:
                if not other.daemon:
                    try:  # noqa: SIM105  each task ends here
                        self._go_on(task)
                    except TaskKilled:  # of _leave()
                        pass
                    return

    def fail(self, task: Task, exception: BaseException) -> None:
        """Note that `task` ended with `exception`."""
        if not task.done:  # or it was left behind
            self.failures.append((task, exception))

    def forget(self) -> None:
        """Let go of everything that belongs to the last execution."""
        if self.chooser is not None:  # or there was none yet
            self.begin(self.chooser, NEVER, None)

    def abandon(self, *, at_once: bool = True) -> None:
        """End the execution, here or at the next point; does nothing outside a loud task."""
        if self.ident == get_ident() and self.carriers.carries(self.current) and not self.killing:
            if at_once:
                self._leave()
            self.abandoned = True
            self.current.limit = self.current.stop_at = 0

    def quiet(self) -> Quiet:
        """Return a context in which hooks and operations are no switch points."""
        return Quiet(self)

    def interrupt(self, exception: BaseException, *, at_once: bool = True) -> None:
        """End the execution and let `run`'s caller raise `exception`; called by signal handlers.

        Returns where no task can be left; then whoever has the turn next leaves at its next point.

        Args:
            exception: what to raise.
            at_once: whether the running task can be left just here.
        """
        self.interrupted = exception
        if self.killing:
            return
        if at_once and self.thread_ident == get_ident() and self.carriers.carries(self.current):
            self._leave()
        self.current.limit = self.current.stop_at = 0

    # Inside --------------------------------------------------------------------------------

    def _offer_turn(self, task: Task, point: int, about: Site | str, operand: Any) -> None:
        """Let the chooser say whether somebody else goes on instead of `task`."""
        timed = 0
        turns = task.turns
        if task.turns_known_in != self.situation:
            turns = [task.number]
            timed = self._add_others(turns, task)
        if len(turns) == 1:
            return
        task.about = about
        task.operand = operand
        number = task.number
        try:
            chosen = self._ask(turns, number, point, timed)
        except Exception as exception:  # it is not the body's, so no task may catch it
            self.fault(exception)
            raise
        if chosen != number:
            self.switches.append((number, point, chosen))
            if point != task.points and self.hand_overs is not None:
                self.hand_overs.moved = True
            to = self.tasks[chosen]
            carrier = to.carrier
            if (
                carrier is None
                or timed
                or self.observer is not None
                or self.before_switch is not None
            ):
                self._switch(task, to, _kind_of(about))
            else:  # the same, written out
                self.current = to
                self.listening = carrier
                carrier.switch()
        task.operand = None  # or it would live on

    def _go_on(self, task: Task) -> None:
        """Give the turn to somebody, because `task` is blocked or done."""
        to: Task | None
        due = False
        if task.points >= task.stop_at and not self.killing:
            due = self._is_due(task, task.points)
            if self._looks or (self._spinning is not None and self._spinning.goes_on):
                self._looks = False
                self._look_again(task, task.points + 1)
        if due or self.watching:
            to = self._choose(task, task.points)
        else:
            for to in self.alive:
                if to.ready is None or to.ready():
                    break
                if to.deadline is not None and to.deadline <= self.now:
                    break  # no time is left to wait, so it can go on, as a search sees it
            else:
                to = min(filter(has_deadline, self.alive), key=deadline_of, default=None)
        if to is not None:
            self._switch(task, to, "end" if task.done else task.operation)
        else:
            self.deadlocked = True
            if not task.done:
                self._leave()

    def _known_point(self, task: Task, point: int, due: bool) -> int:
        """Return the point by which a switch here is known, 0 if the model does not allow one."""
        assert self.hand_overs is not None
        known = self.hand_overs.first_point(task, point, due)
        if not known and due and self.chooser.insists:
            task.planned = point + 1
            task.stop_at = min(task.planned, task.limit)
        task.decided_at = point
        return known

    def _switch(self, task: Task, to: Task, kind: str) -> None:
        deadline = to.deadline
        if deadline is not None and deadline > self.now and not to.ready():  # type: ignore[misc]  # a task with a deadline is blocked
            self.now = deadline
        if to is task:
            return
        if self.observer is not None:
            self.observer.switch(task, to, kind)
        if self.before_switch is not None:
            self.before_switch(task, to)
        self.current = to
        carrier = to.carrier
        if task.done:
            self.listening = carrier
            self._starting = to
        elif carrier is not None:
            self.listening = carrier
            carrier.switch()
        elif (carrier := self.carriers.take_parked(to)) is not None:
            # Its recursion depth is the hub's already.
            to.carrier = self.listening = carrier
            carrier.switch(to)
        else:
            self.listening = None
            self._starting = to
            self._hub.switch()

    def _after_a_task(self) -> Task:
        """Leave a greenlet whose task has ended; return the task that it is used for next."""
        to = self._starting
        if to is not None and not self.killing:
            self._starting = None
            if to.carrier is None:
                # The one that runs this.
                to.carrier = self.listening = self.carriers.take_parked(to)
                return to
            return to.carrier.switch()  # type: ignore[no-any-return]  # the hub passes the task
        return self._hub.switch()  # type: ignore[no-any-return]  # the hub passes the task

    def _is_due(self, task: Task, point: int) -> bool:
        """Say whether a switch is planned for just this point; end an execution that is too long."""
        if self.killing:
            self._kill_again()
        if point >= task.limit:
            if self.interrupted is not None or self.abandoned:
                self._leave()
            left = self._max_steps - self.steps
            if left < 0:
                self.out_of_steps = True
                self._leave()
            task.limit = point + min(1 + left // len(self.alive), self._share)
            self._looks = True
        due = point == task.planned
        if point >= task.planned:
            task.planned = self.chooser.planned(task.number, point)
        task.stop_at = task.planned if task.planned < task.limit else task.limit
        return due

    def _spins(self, task: Task, point: int, kind: str) -> bool:
        if self._spinning is None:
            self._spinning = Spinning(self._share)
        spins, next_look = self._spinning.look(
            task, point, kind, sys._getframe(2), self.steps, (self.now, self.clock_looks)
        )
        self._look_again(task, point + next_look)
        return spins

    def _look_again(self, task: Task, point: int) -> None:
        task.limit = min(task.limit, point)
        task.stop_at = min(task.planned, task.limit)

    @property
    def is_anybody_spinning(self) -> bool:
        """Say whether a task that waits in a loop has given up its turn."""
        return self._spinning is not None and bool(self._spinning.waiting)

    def _give_up(self, task: Task, kind: str, asks: bool) -> None:
        """Let somebody else go on, because `task` only waits for what others do."""
        spinning = self._spinning
        assert spinning is not None
        order, leap = spinning.who_goes_on(task, self.alive)
        self.now += leap
        if leap == NEVER:
            self.out_of_steps = self.endless = True
            self._leave()
        if order:
            to = order[0]
            if asks and len(order) > 1:
                numbers = [other.number for other in order]
                to = self._ask_among(task, task.points, numbers, 0)
            self._look_again(to, to.points + 1)
            others = self.steps - task.points
            self.situation += 1
            task.operation = "spin"
            task.ready = lambda: spinning.may_return(self.steps - task.points - others, self.alive)
            self._switch(task, to, kind)
            spinning.waiting.remove(task)
            task.ready = None
            self.situation += 1

    def _kill_again(self) -> None:
        self._kills += 1
        if self._kills > _KILLS_BEFORE_LEAVING_BEHIND:
            self._leave()
        raise TaskKilled

    def _end_all(self) -> None:
        self.killing = True
        self.observer = None
        self.watching = self.keeps_turns = False
        self.situation += 1
        for task in list(self.alive):
            if task.carrier is None:
                continue  # it never had a turn
            self._kills = 0
            self.current = task
            self.listening = task.carrier
            task.ready = task.deadline = task.resource = task.operand = None
            task.stop_at = task.points + _POINTS_TO_CLEAN_UP
            while not task.done and self._kills <= _KILLS_BEFORE_LEAVING_BEHIND:
                self._kills += 1
                try:
                    task.carrier.throw(TaskKilled)
                except TaskKilled:  # it stood before its first line, or after its last one
                    break
        for task in (*self._ended_holding, *self.alive):
            for lock in task.held:
                lock.forget()
            task.held = []


def _kind_of(about: Site | str) -> str:
    return about if isinstance(about, str) else about.kind


running = Scheduler()
