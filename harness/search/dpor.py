"""Run one execution of each Mazurkiewicz trace, and none twice, in memory that only depth bounds.

Two executions are of one trace if one becomes the other by exchanging neighbours that commute.
The algorithm is optimal dynamic partial-order reduction: Abdulla, Aronsson, Jonsson, Sagonas:
"Source Sets", JACM 64(4), 2017. After each execution the races in it are reversed: what does not
depend on the first operation, and then the second one, leads to another trace. To keep neither what
was run nor what is to be run, as sleep sets and wakeup trees do, a race is reversed only where it is
met first, and then at once: Abdulla, Atig, Das, Jonsson, Sagonas: "Parsimonious Optimal Dynamic
Partial Order Reduction", CAV 2024. Which place that is, `detours` says, in a way of its own.

What is kept is the executions that led to this one, with the races of each that are still to be
reversed. What a detour has done is done in all executions that follow from its own, and the next one
does something that none of them has done yet, or does its goal even earlier: so there are at most as
many as the square of the operations of one.

What waits until it can be done races with the last operation before which it could have been done:
for an acquire that is the acquire before it, not the release that lets it go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from sys import maxsize

from harness.control.scheduling.scheduler import running
from harness.operation import Operation, Touches, Which
from harness.search.bounded import PreemptionBound
from harness.search.detours import (
    Begun,
    Detour,
    Run,
    branch_of,
    comes_before,
    reversals_of,
    touched_in_both,
)
from harness.search.estimate import Estimate
from harness.search.happens_before import HappensBefore
from harness.search.nondeterminism import NondeterminismError
from harness.search.protocol import Search

# After so many operations in a row, others get a turn: who waits in a loop is waiting for them.
_TURN = 1_000
_NOBODY = -1


class OptimalSearch(Search):
    """Run one execution of each trace.

    Args:
        preemptions: the most that a trace may take, `None` for any number.
        executions: how many there will be at most.
    """

    name = "exhaustive"
    watching = True
    everywhere = True
    needs_observer = True
    needs_numbers = True
    counts_switches = True  # it is asked everywhere

    def __init__(self, preemptions: int | None = None, executions: int = maxsize) -> None:
        self.preemptions = preemptions
        self._bound = None if preemptions is None else PreemptionBound(preemptions)
        self._most_executions = executions
        self._taken_back_before = maxsize
        self._has_kept_to_its_bound = True
        self._is_new = True
        self.needs_every_choice = False  # where a task waits in a loop, it lets others go unasked
        self._runs: list[Run] = []  # each led to the next
        self._made = 0  # executions
        self._schedule: list[Which] = []  # operations, in order
        self._fixed = 0  # operations that this execution repeats
        self._detours: list[Detour] = []  # of these operations
        self._begun_detours: list[Begun] = []
        self._put_off = _NOBODY  # whose operation the last of them puts off
        self._begun = False
        self._trace = HappensBefore()
        self._counts: list[int] = []  # operations of each task so far
        self._position = 0  # operations so far
        self._place = 0  # in the schedule
        self._next = _NOBODY  # who is to go on after the schedule
        self._last = _NOBODY
        self._in_a_row = 0

    def begin(self) -> bool:
        """Go to the next race of the last execution that has one which is to be reversed."""
        if self._begun:
            runs, shared = self._runs, maxsize
            while runs and not runs[-1].left:
                shared = min(shared, runs.pop().shared)
            if not runs:
                return False
            run = runs[-1]
            reversal = run.left.pop()
            self._fixed = reversal.first.position
            self._trace.go_back(run.operations, run.parents, self._fixed, shared)
            branch = branch_of(reversal, reversal.origin or run)
            self._taken_back_before = reversal.taken_back_before
            self._schedule = [one.which for one in branch.operations]
            self._detours, self._begun_detours = branch.detours, branch.begun
            self._put_off = branch.begun[-1].put_off.task
            if not run.left:
                run.operations = []  # nobody comes back to it
        self._begun = True
        self._has_kept_to_its_bound = self._is_new = True
        self.begin_again()
        return True

    def begin_again(self) -> None:
        """Forget what this execution has done so far."""
        self._trace.cut(self._fixed)
        self._counts = []
        self._position = 0
        self._place = 0
        self._next = self._put_off
        self._last = _NOBODY
        self._in_a_row = 0

    def restart(self) -> None:
        """Begin with the first execution again."""
        self._runs.clear()
        self._made = 0
        self._schedule = []
        self._fixed = 0
        self._detours = []
        self._begun_detours = []
        self._put_off = _NOBODY
        self._taken_back_before = maxsize
        self._begun = False

    @property
    def has_kept_to_its_bound(self) -> bool:
        """Say whether the last execution is of a new trace, with so few preemptions."""
        return self._has_kept_to_its_bound and self._is_new

    # During an execution -------------------------------------------------------------------

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return who does the next operation of the schedule; after it, who the default policy says."""
        schedule, counts = self._schedule, self._counts
        while self._place < len(schedule):
            number, index = schedule[self._place]
            if number < len(counts) and counts[number] > index:
                self._place += 1
                continue
            if number in runnable:
                return number
            if all(one.is_known for one in self._begun_detours if one.which == (number, index)):
                raise self._cannot(number, index)
            self._place += 1  # it has to wait
        if self._next != _NOBODY:
            number, self._next = self._next, _NOBODY
            if number in runnable:
                return number
        if runnable[0] == self._last and self._in_a_row >= _TURN and len(runnable) - timed > 1:
            self._in_a_row = 0
            self.needs_every_choice = self._bound is not None
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
            if self._bound is not None and _waits_in_a_loop(self._last):
                self.needs_every_choice = True
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
        """Find the races of the execution that are to be reversed."""
        trace, detours = self._trace, list(self._detours)
        is_cut_short = False
        known_but_for = None  # whose next operation, if all else of it was found before
        for begun in self._begun_detours:
            goal = trace.operation(*begun.which)
            if goal is not None and begun.is_known:
                in_both = touched_in_both(goal.touches, begun.touches)
                detours.append(Detour(begun.start, goal, begun.put_off, in_both))
            elif goal is not None:
                put_off = begun.put_off
                earlier = [one for one in detours if one.put_off.which == put_off.which]
                if comes_before(put_off, goal, goal.clock, reversed(earlier)):
                    known_but_for = _NOBODY
                detours.append(Detour(begun.start, goal, put_off, goal.touches))
            elif running.out_of_steps or running.stuck:
                is_cut_short = True
            elif not begun.is_known:
                known_but_for = begun.which[0]
            else:
                raise self._cannot(*begun.which)
        left = [] if is_cut_short else reversals_of(trace, detours)
        if known_but_for is not None:
            self._is_new = False
            left = [one for one in left if one.second is trace.pending.get(known_but_for)]
        run = Run(
            *(list(trace.operations), trace.parents, self._fixed, detours, left),
            children=len(left),
            number=self._made,
        )
        self._made += 1
        if self._bound is not None and not is_cut_short:
            self._keep_to(self._bound, run)
        self._runs.append(run)

    def estimate(self) -> Estimate:
        """Say how much of the search is done."""
        contended = self._trace.contended()
        return Estimate(
            self._made / self._all_of_it() if self._made else 0.0,
            sum(
                any(location in contended for location, _ in operation.touches)
                for operation in self._trace.operations
            ),
            len(self._trace.of_task) - 1,
        )

    def _all_of_it(self) -> float:
        """Return how many executions there are if what follows from each is like what is known."""
        if not self._runs:
            return self._made
        estimated = 1.0 + len(self._runs[-1].left)
        for run, current in reversed(list(pairwise(self._runs))):
            begun = run.children - len(run.left)
            done = current.number - run.number  # itself, and what followed before the current one
            estimated += done + len(run.left) * (done - 1 + estimated) / begun
        return estimated

    def _keep_to(self, bound: PreemptionBound, run: Run) -> None:
        assert self.preemptions is not None
        every = min(self.estimate().interleavings(self.preemptions), self._most_executions)
        bound.compare_with(every, len(run.operations))
        self._has_kept_to_its_bound = bound.allows(self._trace)
        chosen = bound.choose(run, self._trace, self._taken_back_before)
        if bound.gives_up:
            self.needs_every_choice = True
        else:
            run.left, run.children = chosen, len(chosen)

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

    def _cannot(self, task: int, index: int) -> NondeterminismError:
        done = f"{self._position} operation{'s' * (self._position != 1)} done"
        return NondeterminismError(
            f"T{task} could do its operation {index + 1} after these choices before, "
            f"and now it cannot: {done}."
        )


def _waits_in_a_loop(number: int) -> bool:
    task = running.tasks[number] if 0 <= number < len(running.tasks) else None
    return task is not None and task.ready is not None and task.operation == "spin"


def _text_of(operation: Operation) -> str:
    return f"{str(operation.label).strip('<>')} by T{operation.task}"
