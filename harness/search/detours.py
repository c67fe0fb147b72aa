"""Which races of an execution to reverse, so that each trace is run once: no other one matters.

An execution does what the default policy says, but for its detours. A detour puts off what the
policy would do in one state. Before that it does an operation that does not commute with it, its
goal, and what has to come before the goal.

There is one way to each trace: in each state do what the policy says if the trace has it, else take
the detour to the operation of the trace that comes in between. Are there several, in no order, it is
that of the lowest task first; what was put off is tried at once after each, lest one of them come by
itself. And there is one way on which a detour is met first, as a race: the one that does what the
detour puts off, and takes no other detours but to what the goal needs. Any other execution with this
race has one that was on the way to something else, and could be left out.

An operation can touch more where another one has come before it: an attribute is looked for in the
class if the object does not have it. A detour to such a goal can turn out to be longer than it had
to be, and its trace is then run twice. If the goal touches more than where it was met, what does not
commute with it for that reason alone was no race there: it is reversed although the goal is part of
a detour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sys import maxsize

from harness.operation import Operation, Touches, Which, conflict
from harness.search.happens_before import HappensBefore, Race


@dataclass(frozen=True, slots=True)
class Detour:
    """Be what an execution does before an operation that would have come first.

    Args:
        start: the position at which it begins.
        goal: its last operation.
        put_off: what would have come first, as it was where it did.
        touches: what the goal touches in both orders.
    """

    start: int
    goal: Operation
    put_off: Operation
    touches: Touches


@dataclass(frozen=True, slots=True)
class Reversal:
    """Be two operations that are to be done in the other order.

    Args:
        first: the one that is put off.
        second: the other one.
        clock: what happens before `second` even if `first` is put off, and perhaps `first` itself.
        origin: the execution that has done them, if it is one that was only thought of.
        taken_back_before: the position before which something has to be reversed again, or what
            follows is not wanted.
    """

    first: Operation
    second: Operation
    clock: Sequence[int]
    origin: Run | None = None
    taken_back_before: int = maxsize

    def needs(self, operation: Operation) -> bool:
        """Say whether an operation after the first has to come before the second."""
        return operation.is_in(self.clock) and not self.first.is_in(operation.clock)


@dataclass(slots=True)
class Run:
    """Be an execution that others follow from.

    Args:
        operations: all that it did.
        parents: of them, those that have started a task, by its number.
        shared: how many it has in common with the execution that it follows from.
        detours: those that it has taken, by their ends.
        left: what is still to be reversed.
        children: the number of executions that follow from it at once.
        number: how many executions were made before it.
    """

    operations: list[Operation]
    parents: dict[int, Operation]
    shared: int
    detours: list[Detour]
    left: list[Reversal]
    children: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """Be a detour that is still to be taken to its end.

    Args:
        start: the position at which it begins.
        which: its last operation.
        put_off: what would have come first, as it was where it did.
        touches: what the last operation has touched where it was met.
        is_known: whether that is all.
    """

    start: int
    which: Which
    put_off: Operation
    touches: Touches
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Branch:
    """Be what the executions begin with that a reversal leads to.

    Args:
        operations: what they do, in order.
        detours: those that have come to their ends before the reversal.
        begun: the others, by their ends.
    """

    operations: list[Operation]
    detours: list[Detour]
    begun: list[Begun]


def branch_of(reversal: Reversal, run: Run) -> Branch:
    """Return what leads from an execution to those that put the first operation of a race off."""
    first, second = reversal.first, reversal.second
    start = first.position
    end = second.position if second.position >= 0 else len(run.operations)
    operations = [
        *run.operations[:start],
        *filter(reversal.needs, run.operations[start + 1 : end]),
        second,
    ]
    begun = [Begun(start, second.which, first, second.touches, second.is_known)]
    for outer in run.detours:
        if outer.goal is first:  # still the goal, but after another one
            operations.append(first)
            begun.append(Begun(outer.start, first.which, outer.put_off, outer.touches))
    detours = [one for one in run.detours if one.goal.position < start]
    return Branch(operations, detours, begun)


def reversals_of(trace: HappensBefore, detours: Sequence[Detour]) -> list[Reversal]:
    """Return the reversals that lead to traces which follow from no other execution.

    Args:
        trace: the execution.
        detours: those that it has taken, by their ends.
    """
    end = detours[-1].goal.position if detours else 0  # all races before it were met before
    return [
        reversal
        for race in trace.races
        if (race.second.position >= end or race.second.position < 0)
        and (reversal := _reversal(trace, race, detours)) is not None
    ]


def _reversal(trace: HappensBefore, race: Race, detours: Sequence[Detour]) -> Reversal | None:
    first, second = race.first, race.second
    clock = trace.clock_without(first, second) if second.blocking else second.clock
    found = Reversal(first, second, clock)
    earlier: list[Detour] = []  # that have put the same operation off, the last one first
    for detour in reversed(detours):
        goal = detour.goal
        if detour.start > first.position:
            if goal is not second and not found.needs(goal):
                return None
        elif goal.position < first.position:
            if detour.put_off.which == first.which:
                earlier.append(detour)
        elif goal is not first or conflict(detour.touches, second.touches):
            return None
    if earlier and second.is_known:
        clock = trace.clock_without(first, second)
        if comes_before(first, second, clock, earlier):
            return None
    return found


def comes_before(
    first: Operation, second: Operation, clock: Sequence[int], earlier: Iterable[Detour]
) -> bool:
    """Say whether a detour comes before an earlier one, which could so be taken after it.

    Args:
        first: what it puts off.
        second: its goal.
        clock: what happens before the goal.
        earlier: the detours that have put the same operation off, the last one first.
    """
    for detour in earlier:
        if detour.goal.is_in(clock):
            return False
        touches = touched_in_both(first.touches, detour.put_off.touches)
        if second.task < detour.goal.task and conflict(touches, second.touches):
            return True
    return False


def touched_in_both(now: Touches, before: Touches) -> Touches:
    """Return what an operation touches now and did when something else had come before it.

    The numbers of objects can differ between the two executions.
    """
    if [(name, mode) for (_, name), mode in now] == [(name, mode) for (_, name), mode in before]:
        return now
    locations = {location for location, _ in now}
    return tuple(touch for touch in before if touch[0] in locations)
