"""Leave out what an optimal search need not run to cover all traces with few preemptions.

What a search has fixed of an execution is a part of each trace that follows from it, unless a
reversal takes it back. So a branch with too many preemptions is left out, if nothing that takes it
back can have few enough. Two reversals can: one of what its goal itself races with, before, needs no
execution to be found; any other is of something that the goal has to come before. Where that can
be, the branch is run for the sake of what follows from it.

Coons, Musuvathi, McKinley: "Bounded Partial-Order Reduction", OOPSLA 2013, have the same end by
other means: their searches run many executions of one trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.control.observing.vector_clocks import join
from harness.operation import Operation, Which
from harness.search.detours import Branch, Detour, Reversal, Run, branch_of, reversals_of
from harness.search.happens_before import HappensBefore
from harness.search.preemptions import Orders, Step

# What an operation of an execution takes, in what it takes to count the preemptions of a step.
_AN_OPERATION = 8
_A_STEP_TO_IMAGINE = 3


class PreemptionBound:
    """Be the most preemptions that a trace may take.

    To find out takes more than an execution where traces are long, and interleavings may be fewer
    than branches. So it gives up when it has taken as much as running all interleavings would.

    Args:
        most: the number.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._effort = 0
        self._most_effort: int | None = None

    @property
    def gives_up(self) -> bool:
        """Say whether running all interleavings takes no more."""
        return self._most_effort is not None and self._effort > self._most_effort

    def compare_with(self, executions: int, operations: int) -> None:
        """Take note of what running all interleavings takes.

        Args:
            executions: how many they are, or may be made.
            operations: those of each.
        """
        if self._most_effort is None:
            self._most_effort = executions * operations * _AN_OPERATION

    def allows(self, trace: HappensBefore) -> bool:
        """Say whether a whole trace takes no more."""
        steps = [
            Step(one, one.clock, _enabled_by(one, trace), one.opened) for one in trace.operations
        ]
        waiting = {
            task: Step(one, [], _enabled_by(one, trace), opened=False)
            for task, one in trace.pending.items()
        }
        self._effort += len(steps) * _AN_OPERATION
        return self._has_one(Orders(steps, waiting))

    def choose(self, run: Run, trace: HappensBefore, taken_back_before: int) -> list[Reversal]:
        """Return the reversals that lead to all traces which take no more.

        Args:
            run: the execution, with all of its reversals.
            trace: the same, as it was done.
            taken_back_before: the position before which something has to be reversed for that.
        """
        chosen: list[Reversal] = []
        left = [(one, run, trace, taken_back_before) for one in run.left]
        while left and not self.gives_up:
            reversal, origin, done, before = left.pop()
            branch = branch_of(reversal, origin)
            steps = _steps_in_common(branch, reversal, done)
            self._effort += len(steps)
            if origin is not run:
                reversal = replace(reversal, origin=origin)
            if self._has_one(Orders(steps)):
                chosen.append(reversal)
                continue
            before = min(before, reversal.first.position)
            if self._may_be_taken_back(branch, origin.operations[:before], steps):
                chosen.append(replace(reversal, taken_back_before=before))
                continue
            self._effort += len(steps) * _A_STEP_TO_IMAGINE
            imagined = _imagined(branch, reversal, done)
            detours = _detours(branch, imagined)
            thought = Run(imagined.operations, imagined.parents, 0, detours, [])
            left += [
                (another, thought, imagined, before)
                for another in reversals_of(imagined, detours)
                if another.first.position < reversal.first.position
            ]
        return chosen

    def _may_be_taken_back(
        self, branch: Branch, operations: Sequence[Operation], steps: Sequence[Step]
    ) -> bool:
        """Say whether one of the operations may come after the goal, with few enough preemptions."""
        goal = branch.operations[-1]
        clock = next(step.clock for step in steps if step.operation is goal)
        late = [one.which for one in operations if not one.is_in(clock)]
        if not late:
            return False
        # To stop after the first of a task's and go on after the goal is never better.
        first = dict(reversed(late)).items()
        orders = Orders(steps[: len(branch.operations)], stops=first)
        found = orders.begin_one_with(self._most, goal.which, late)
        self._effort += orders.effort
        return found

    def _has_one(self, orders: Orders) -> bool:
        found = orders.have_one_with(self._most)
        self._effort += orders.effort
        return found


def _imagined(branch: Branch, reversal: Reversal, trace: HappensBefore) -> HappensBefore:
    """Return what a branch begins with, as if it had been done."""
    start = reversal.first.position
    imagined = HappensBefore()
    parents = {child: one for child, one in trace.parents.items() if one.position < start}
    imagined.go_back(branch.operations, parents, start, 0)
    children = {one.which: child for child, one in trace.parents.items()}
    for one in branch.operations[start:]:
        which = (trace.operations[position].which for position in one.after)
        enabling = (imagined.operation(*other) for other in which)
        after = tuple(other.position for other in enabling if other is not None)
        copy = replace(one, after=after, clock=[])
        imagined.add(copy)
        if one.which in children:
            imagined.start(children[one.which], copy)
    return imagined


def _detours(branch: Branch, imagined: HappensBefore) -> list[Detour]:
    detours = list(branch.detours)
    for begun in branch.begun:
        goal = imagined.operation(*begun.which)
        assert goal is not None
        detours.append(Detour(begun.start, goal, begun.put_off, begun.touches))
    return detours


def _steps_in_common(branch: Branch, reversal: Reversal, trace: HappensBefore) -> list[Step]:
    """Return the steps that all executions of a branch have in common.

    Args:
        branch: what they do first.
        reversal: what leads to it.
        trace: the execution of which operations are reversed.
    """
    first, second = reversal.first, reversal.second
    steps: list[Step] = []
    clocks: dict[Which, list[int]] = {}
    for one in branch.operations:
        clock, opened = list(one.clock), one.opened
        if one is second:  # it stands where the first one stood
            clock = _with_itself(trace.clock_without(first, second), second)
            opened = second.blocking or (first.opened and opened)
        elif one is first:  # and this one comes after it
            join(clock, clocks[second.which])
            opened = False
        clocks[one.which] = clock
        enabled_by = [
            (task, index)
            for task, index in _enabled_by(one, trace)
            if task < len(clock) and clock[task] > index
        ]
        steps.append(Step(one, clock, enabled_by, opened))
    done = [0] * (1 + max(one.task for one in branch.operations))
    for one in branch.operations:
        done[one.task] += 1
    goals = [(one.put_off, one.goal.which) for one in branch.detours]
    goals += [(one.put_off, one.which) for one in branch.begun]
    put_off: dict[Which, Step] = {}
    for one, goal in goals:
        if one.index != (done[one.task] if one.task < len(done) else 0):
            continue  # it has been done meanwhile
        step = put_off.get(one.which)
        if step is None:
            parent = trace.parents.get(one.task)
            enabled_by = [] if parent is None else [parent.which]
            if one.after:  # these are positions of another execution
                enabled_by += [
                    (task, count - 1)
                    for task, count in enumerate(one.clock)
                    if count and task != one.task
                ]
            step = put_off[one.which] = Step(one, list(one.clock), enabled_by, opened=False)
        join(step.clock, clocks[goal])
    return [*steps, *put_off.values()]


def _with_itself(clock: list[int], operation: Operation) -> list[int]:
    clock += [0] * (operation.task + 1 - len(clock))
    clock[operation.task] = operation.index + 1
    return clock


def _enabled_by(operation: Operation, trace: HappensBefore) -> list[Which]:
    found = [trace.operations[position].which for position in operation.after]
    if operation.index == 0 and operation.task in trace.parents:
        found.append(trace.parents[operation.task].which)
    return found
