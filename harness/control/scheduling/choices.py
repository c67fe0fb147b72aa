"""Who could go on, and whom the chooser lets go on.

Who could go on is known from one point to the next while everybody else either can, or waits to be
woken, by the end of a task or by a notification: that changes only where a task starts, waits,
wakes another or ends, which changes the situation, too. A lock or a file that somebody waits for
may come free at any point.
"""

from __future__ import annotations

from typing import NoReturn

from harness.control.scheduling.execution_state import ExecutionState
from harness.control.scheduling.task import ASLEEP, Task, TaskKilled, deadline_of
from harness.errors import InternalError


class Choices(ExecutionState):
    """Ask the chooser where more than one task could go on."""

    __slots__ = ()

    def fault(self, exception: Exception) -> None:
        """End the execution and let `run`'s caller raise what went wrong in the harness itself."""
        self.interrupted = exception
        if not self.killing:
            self._leave()

    def _add_others(self, runnable: list[int], task: Task) -> int:
        """Add who else could go on where `task` can; return how many are in a timed wait."""
        timed = 0
        keeps_turns = self.keeps_turns
        for other in self.alive:
            ready = other.ready
            if ready is None:
                if other is not task:
                    runnable.append(other.number)
                continue
            if ready is ASLEEP:
                continue
            keeps_turns = False
            if ready():
                runnable.append(other.number)
            elif other.deadline is not None:
                timed += 1
        if timed:
            return self._add_timed(runnable, task, task)
        if keeps_turns:
            task.turns = runnable
            task.turns_known_in = self.situation
        return 0

    def _choose(self, task: Task, point: int) -> Task | None:
        """Return who goes on instead of `task`, which waits or has ended; `None` if nobody can."""
        runnable: list[int] = []
        timed = 0
        for other in self.alive:
            ready = other.ready
            if ready is ASLEEP:
                continue
            if ready is None or ready():
                runnable.append(other.number)
            elif other.deadline is not None:
                timed += 1
        if timed:
            timed = self._add_timed(runnable, task, None)
        if len(runnable) < 2:  # noqa: PLR2004  one of one is no choice
            return self.tasks[runnable[0]] if runnable else None
        return self._ask_among(task, point, runnable, timed)

    def _ask_among(self, task: Task, point: int, runnable: list[int], timed: int) -> Task:
        try:
            number = self._ask(runnable, task.number, point, timed)
        except Exception as exception:  # it is not the body's, so no task may catch it
            self.fault(exception)
            raise
        if number != runnable[0]:
            self.switches.append((task.number, point, number))
        return self.tasks[number]

    def _add_timed(self, runnable: list[int], task: Task, without: Task | None) -> int:
        """Add the tasks in a timed wait to those that can go on; return how many there are.

        They come last even if their time is over, just as where nobody is asked.
        """
        timed = [
            other
            for other in self.alive
            if other is not without and other.deadline is not None and not other.ready()  # type: ignore[misc]  # a task with a deadline is blocked
        ]
        timed.sort(key=deadline_of)
        if self.delays is not None:
            ready = [self.tasks[number] for number in runnable]
            timed = self.delays.within(self.now, ready, task, timed)
        runnable += [other.number for other in timed]
        return len(timed)

    def _leave(self) -> NoReturn:
        """Go to the hub, which ends the execution; never returns but by being killed."""
        self._starting = None
        if self.current.done:
            raise TaskKilled  # its carrier goes to the hub anyway, and nobody would end it
        self._hub.switch()
        raise InternalError("A task that was left behind was resumed.")
