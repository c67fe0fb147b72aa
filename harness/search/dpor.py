"""Run one execution of each Mazurkiewicz trace, and none twice.

Two executions are of one trace if one becomes the other by exchanging neighbours that commute.
The algorithm is optimal dynamic partial-order reduction, with wakeup trees: Abdulla, Aronsson,
Jonsson, Sagonas: "Optimal Dynamic Partial Order Reduction", POPL 2014, and "Source Sets", JACM
64(4), 2017. After each execution every race in it is reversed: what does not depend on the first
operation, and then the second one, is a beginning that is to be run from the state before the
first, unless what was run or is to be run from there covers it.

What waits until it can be done races with the last operation before which it could have been done:
for an acquire that is the acquire before it, not the release that lets it go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.operation import Location, Operation, Touches, conflict
from harness.search.estimate import Estimate, share_of
from harness.search.happens_before import HappensBefore, Race
from harness.search.nondeterminism import NondeterminismError
from harness.search.protocol import Search
from harness.search.wakeup_tree import Beginning, Branch, insert

# After so many operations in a row, others get a turn: who waits in a loop is waiting for them.
_TURN = 1_000


@dataclass(slots=True)
class _State:
    """Be a state that the current execution passes, before one of its operations."""

    done: list[int] = field(default_factory=list)  # tasks whose operation was tried here
    branches: list[Branch] = field(default_factory=list)  # what is still to be run from here
    free: bool = False  # nothing that was run before limits what is to be run from here


class OptimalSearch(Search):
    """Run one execution of each trace."""

    name = "exhaustive"
    watching = True
    everywhere = True
    needs_observer = True
    needs_numbers = True
    counts_switches = True  # it is asked everywhere

    def __init__(self) -> None:
        self._states: list[_State] = []
        self._schedule: list[tuple[int, int]] = []  # task and index of operations, in order
        self._planned: dict[tuple[int, int], list[Branch]] = {}
        self._fixed = 0  # operations that this execution repeats
        self._begun = False
        self._trace = HappensBefore()
        self._counts: list[int] = []  # operations of each task so far
        self._position = 0  # operations so far
        self._place = 0  # in the schedule
        self._last = -1
        self._in_a_row = 0

    def begin(self) -> bool:
        """Go to the last state from which something is still to be run."""
        if self._begun:
            while self._states and not self._states[-1].branches:
                self._states.pop()
            if not self._states:
                return False
            self._fixed = len(self._states) - 1
            state, operations = self._states[-1], self._trace.operations
            state.done.append(operations[self._fixed].task)
            self._schedule = [(one.task, one.index) for one in operations[: self._fixed]]
            self._planned = {}
            branches = state.branches
            while branches:
                branch = branches[0]
                self._schedule.append((branch.task, branch.index))
                if branches is state.branches:
                    state.branches = branches[1:]
                else:
                    self._planned[branch.task, branch.index] = branches[1:]
                branches = branch.branches
        self._begun = True
        self.begin_again()
        return True

    def begin_again(self) -> None:
        """Forget what this execution has done so far."""
        self._trace.cut(self._fixed)
        self._counts = []
        self._position = 0
        self._place = 0
        self._last = -1
        self._in_a_row = 0

    def restart(self) -> None:
        """Begin with the first execution again."""
        self._states.clear()
        self._schedule = []
        self._planned = {}
        self._fixed = 0
        self._begun = False

    # During an execution -------------------------------------------------------------------

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return who does the next operation of the schedule; after it, who the default policy says."""
        schedule, counts = self._schedule, self._counts
        while self._place < len(schedule):
            number, index = schedule[self._place]
            if number < len(counts) and counts[number] > index:
                self._place += 1
                continue
            if number not in runnable:
                raise NondeterminismError(
                    f"T{number} could do its operation {index + 1} after these choices before, "
                    f"and now it cannot: {self._progress()}."
                )
            return number
        if runnable[0] == self._last and self._in_a_row >= _TURN and len(runnable) - timed > 1:
            self._in_a_row = 0
            ready = sorted(runnable[: len(runnable) - timed])
            return ready[(ready.index(runnable[0]) + 1) % len(ready)]
        return runnable[0]

    def performed(self, operation: Operation) -> None:
        """Take note of what a task is doing now."""
        number = operation.task
        while len(self._counts) <= number:
            self._counts.append(0)
        operation.index = self._counts[number]
        self._counts[number] += 1
        if number == self._last:
            self._in_a_row += 1
        else:
            self._last, self._in_a_row = number, 1
        if self._position < self._fixed:
            self._compare(self._trace.operations[self._position], operation)
        else:
            self._trace.add(operation)
        self._position += 1

    def amended(self, task: int, touches: Touches) -> None:
        """Take note that the last operation of a task touches more."""
        if self._trace.of_task[task][-1].position >= self._fixed:
            self._trace.amend(task, touches)

    def started(self, child: int) -> None:
        """Take note that the last operation has started a task."""
        self._trace.start(child, self._trace.operations[self._position - 1])

    def waiting(self, operation: Operation) -> None:
        """Take note of what a task waits for when the execution is over."""
        operation.index = self._counts[operation.task] if operation.task < len(self._counts) else 0
        self._trace.add_pending(operation)

    def end(self) -> None:
        """Reverse the races of the execution."""
        trace, states = self._trace, self._states
        del states[self._fixed + 1 :]
        for operation in trace.operations[len(states) :]:
            branches = self._planned.get((operation.task, operation.index), [])
            states.append(_State(branches=branches))
        self._free_the_end_of_the_schedule()
        sleeping = self._sleeping()
        contended = trace.contended() if trace.races else set()
        for race in trace.races:
            self._reverse(race, sleeping[race.first.position], contended)

    def estimate(self) -> Estimate:
        """Say how much of the search is done."""
        contended = self._trace.contended()
        return Estimate(
            share_of(
                (len(state.done), len(state.done) + 1 + len(state.branches))
                for state in self._states
            ),
            sum(
                any(location in contended for location, _ in operation.touches)
                for operation in self._trace.operations
            ),
            len(self._trace.of_task) - 1,
        )

    # Inside --------------------------------------------------------------------------------

    def _compare(self, before: Operation, now: Operation) -> None:
        touched = len(now.touches)  # more may have been added to what was touched before
        if (before.task, before.label, before.touches[:touched]) != (
            now.task,
            now.label,
            now.touches,
        ):
            raise NondeterminismError(
                f"Step {self._position + 1} was {_text_of(before)} before, and after the same "
                f"choices it is {_text_of(now)}."
            )

    def _progress(self) -> str:
        return f"{self._position} operation{'s' * (self._position != 1)} done"

    def _free_the_end_of_the_schedule(self) -> None:
        """See to it that everything that begins with the schedule is run.

        With exact knowledge nothing sleeps there. Where a location had no number in common with an
        earlier execution, something may, and would hide executions that others rely on.
        """
        end = 0
        for task, index in self._schedule:
            operation = self._trace.operation(task, index)
            if operation is not None and operation.position >= end:
                end = operation.position + 1
        if end < len(self._states):
            self._states[end].free = True

    def _sleeping(self) -> list[tuple[Operation, ...]]:
        """Return, for each state, the operations that are covered by what was run before."""
        found: list[tuple[Operation, ...]] = []
        trace = self._trace
        sleeping: tuple[Operation, ...] = ()
        for state, operation in zip(self._states, trace.operations, strict=True):
            if state.free:
                sleeping = ()
            for task in state.done:
                tried = trace.following(task, operation.position) or trace.pending.get(task)
                if tried is not None and tried not in sleeping:
                    sleeping += (tried,)
            found.append(sleeping)
            if sleeping:
                sleeping = tuple(
                    one
                    for one in sleeping
                    if one.task != operation.task and not conflict(one.could, operation.touches)
                )
        return found

    def _reverse(
        self, race: Race, sleeping: tuple[Operation, ...], contended: set[Location]
    ) -> None:
        first, trace = race.first, self._trace
        operations = [
            one for one in trace.operations[first.position + 1 :] if not first.is_in(one.clock)
        ]
        operations.append(race.second)
        beginning = Beginning(trace, first.position, operations, first.known, contended)
        for one in sleeping:
            if beginning.can_begin_with(one.task, one.index, one.could):
                return
        insert(self._states[first.position].branches, beginning)


def _text_of(operation: Operation) -> str:
    return f"{str(operation.label).strip('<>')} by T{operation.task}"
