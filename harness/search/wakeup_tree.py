"""Which beginnings of executions are still to be run from one state.

Wakeup trees are from Abdulla, Aronsson, Jonsson and Sagonas: "Source Sets: A Foundation for Optimal
Dynamic Partial Order Reduction", JACM 64(4), 2017. A sequence is added only if no branch has an
execution in common with it, and behind the branches that agree with its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from harness.operation import Location, Operation, Touches, conflict
from harness.search.happens_before import HappensBefore, join


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
        known: how many objects had a number in that state: those have the same number in each
            execution that passes it.
        contended: the locations at which the order of operations makes a difference.
    """

    def __init__(
        self,
        execution: HappensBefore,
        state: int,
        operations: Sequence[Operation],
        known: int,
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
        self._contended = [
            one
            for one in operations
            if one is last or any(location in contended for location, _ in one.touches)
        ]
        self._before_last: list[int] = []
        for one in operations:
            if one is not last and (
                one.task == last.task
                or one.position in last.after
                or conflict(one.touches, last.could)
            ):
                join(self._before_last, one.clock)

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
            clock = self._before_last if own is self._last else own.clock
            for earlier in self._contended:
                if earlier is own:
                    break
                if earlier.is_in(clock) and (earlier.task, earlier.index) not in removed:
                    return False
            own_of_task.pop()
            removed.add((task, index))
            return True
        others: Sequence[Operation] = self._contended
        operation = self._same_in_execution(task, index)
        if operation is not None:
            could = operation.could
        elif touches is not None and all(owner < self._known for (owner, _), _ in touches):
            could, others = touches, self._operations
        else:
            return False
        last = self._last
        for own in others:
            if (
                conflict(could, own.could if own is last else own.touches)
                and (own.task, own.index) not in removed
            ):
                return False
        return True

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
