"""Which beginnings of executions are still to be run from one state.

Wakeup trees are from Abdulla, Aronsson, Jonsson and Sagonas: "Source Sets: A Foundation for Optimal
Dynamic Partial Order Reduction", JACM 64(4), 2017. A sequence is added only if no branch has an
execution in common with it, and behind the branches that agree with its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from harness.control.vector_clocks import join
from harness.operation import WRITE, Location, Operation, Touches, conflict, is_known
from harness.search.happens_before import HappensBefore


@dataclass(slots=True)
class Branch:
    """Be one operation of a beginning, and what may follow it; nothing means: anything."""

    task: int
    index: int
    touches: Touches  # what it can touch, in the numbers of the execution that it comes from
    branches: list[Branch] = field(default_factory=list)


class Beginning:
    """Be a sequence of operations that can be done from one state of an execution.

    Args:
        execution: the execution that it comes from.
        state: the position in it of the operation that follows the state.
        operations: all but the last one are done in the execution, too, in a state that differs
            in nothing that they touch.
        known: how many objects each task had given a number: those have the same number in each
            execution that passes it.
        contended: the locations at which the order of operations makes a difference.
    """

    def __init__(
        self,
        execution: HappensBefore,
        state: int,
        operations: Sequence[Operation],
        known: Sequence[int],
        contended: Set[Location],
    ) -> None:
        self._execution = execution
        self._state = state
        self._known = known
        self._last = last = operations[-1]
        self._operations = operations
        self._removed: set[tuple[int, int]] = set()
        self._first_of: dict[int, list[Operation]] = {}  # what is left, by task, in reverse
        for one in reversed(operations):
            self._first_of.setdefault(one.task, []).append(one)
        # What is left of the operations that are not independent of all others, in order.
        self._contended: dict[tuple[int, int], Operation] = {}
        self._touching: dict[Location, list[tuple[Operation, int]]] = {}
        for one in operations:
            touches = one.could if one is last else one.touches
            for touch in touches:
                location = touch[0]
                if one is last or location in contended:
                    self._contended[one.task, one.index] = one
                    self._touching.setdefault(location, []).append((one, touch[1]))
        self._before_last = self._clock_of_last()

    @property
    def left(self) -> list[Operation]:
        """Return the operations that have not been taken away."""
        return [one for one in self._operations if (one.task, one.index) not in self._removed]

    def can_begin_with(self, task: int, index: int, touches: Touches | None) -> bool:
        """Say whether an execution that goes on like this may as well do another operation first.

        When it is one of its own, that is taken away.

        Args:
            task: who does the operation.
            index: its number among those of the task.
            touches: what it can touch, if another execution has shown it.
        """
        removed = self._removed
        if own_of_task := self._first_of.get(task):
            own = own_of_task[-1]
            if own.index != index:
                return False
            if (task, index) in self._contended:
                clock = self._before_last if own is self._last else own.clock
                for earlier in self._contended.values():
                    if earlier is own:
                        break
                    if earlier.is_in(clock):
                        return False
                del self._contended[task, index]
            own_of_task.pop()
            removed.add((task, index))
            return True
        operation = self._same_in_execution(task, index)
        if operation is not None:
            return not any(self._conflicts(location, mode) for location, mode in operation.could)
        if touches is None or not all(
            is_known(owner, self._known, task) for (owner, _), _ in touches
        ):
            return False
        return not any(conflict(touches, own.could) for own in self.left)

    def _conflicts(self, location: Location, mode: int) -> bool:
        """Say whether something that is left does not commute with touching a location."""
        for own, own_mode in self._touching.get(location, ()):
            if (own_mode != mode or mode == WRITE) and ((own.task, own.index) not in self._removed):
                return True
        return False

    def _clock_of_last(self) -> list[int]:
        """Return what happens before the last operation where it is done now."""
        last = self._last
        clock: list[int] = []
        for one in self._first_of[last.task][1:2]:  # the one before it
            join(clock, one.clock)
        for location, mode in last.could:
            for one, own_mode in self._touching.get(location, ()):
                if one is not last and (own_mode != mode or mode == WRITE):
                    join(clock, one.clock)
        for position in last.after:
            enabling = self._execution.operations[position]
            if position > self._state:
                join(clock, enabling.clock)
        return clock

    def _same_in_execution(self, task: int, index: int) -> Operation | None:
        """Return an operation of this execution if its task comes to it as it did there."""
        execution = self._execution
        operation = execution.operation(task, index) or execution.pending.get(task)
        if operation is None or operation.index != index:
            return None
        before = execution.operation(task, index - 1) if index else execution.parent(task)
        if (
            before is None
            or before.position < self._state
            or (before.task, before.index) in self._removed
        ):
            return operation
        return None


def insert(branches: list[Branch], beginning: Beginning) -> None:
    """Add `beginning` behind the branches that agree with it, unless one of them covers it."""
    while True:
        for branch in branches:
            if beginning.can_begin_with(branch.task, branch.index, branch.touches):
                if not branch.branches:
                    return
                branches = branch.branches
                break
        else:
            for operation in beginning.left:
                branch = Branch(operation.task, operation.index, operation.could)
                branches.append(branch)
                branches = branch.branches
            return
