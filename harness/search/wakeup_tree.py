"""Which beginnings of executions are still to be run from one state.

Wakeup trees are from Abdulla, Aronsson, Jonsson and Sagonas: "Source Sets: A Foundation for Optimal
Dynamic Partial Order Reduction", JACM 64(4), 2017. A sequence is added only if no branch has an
execution in common with it, and behind the branches that agree with its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.operation import Operation, Touches, conflict
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
        known: how many objects had a number in that state: those have the same number in each
            execution that passes it.
    """

    def __init__(
        self, execution: HappensBefore, state: int, operations: Sequence[Operation], known: int
    ) -> None:
        self.left = list(operations)
        self._execution = execution
        self._state = state
        self._known = known
        self._last = operations[-1]
        self._removed: set[tuple[int, int]] = set()

    def can_begin_with(self, task: int, index: int, touches: Touches | None) -> bool:
        """Say whether an execution that goes on like this may as well do another operation first.

        When it is one of its own, that is taken away.

        Args:
            task: who does the operation.
            index: its number among those of the task.
            touches: what it can touch, if another execution has shown it.
        """
        for place, own in enumerate(self.left):
            if own.task == task:
                if any(self._is_before(earlier, own) for earlier in self.left[:place]):
                    return False
                del self.left[place]
                self._removed.add((task, index))
                return True
        could = self._footprint(task, index, touches)
        return could is not None and not any(
            conflict(could, own.could if own is self._last else own.touches) for own in self.left
        )

    def _is_before(self, earlier: Operation, own: Operation) -> bool:
        if own is not self._last:
            return earlier.is_in(own.clock)
        return any(self._is_just_before(one, own) and earlier.is_in(one.clock) for one in self.left)

    def _is_just_before(self, earlier: Operation, last: Operation) -> bool:
        if earlier is last:
            return False
        return (
            earlier.task == last.task
            or earlier.position in last.after
            or conflict(earlier.touches, last.could)
        )

    def _footprint(self, task: int, index: int, touches: Touches | None) -> Touches | None:
        """Return what an operation can touch, in this execution's numbers, if that is known."""
        if self._is_where_it_was(task, index):
            operation = self._execution.operation(task, index)
            if operation is None:
                operation = self._execution.pending.get(task)
            if operation is not None:
                return operation.could
        if touches is not None and all(owner < self._known for (owner, _), _ in touches):
            return touches
        return None

    def _is_where_it_was(self, task: int, index: int) -> bool:
        """Say whether a task comes to this operation as it did in this execution."""
        execution = self._execution
        before = execution.operation(task, index - 1) if index else execution.parent(task)
        if before is None:
            return index == 0
        return before.position < self._state or (before.task, before.index) in self._removed


def insert(branches: list[Branch], beginning: Beginning) -> bool:
    """Add `beginning` behind the branches that agree with it, unless one of them covers it."""
    while True:
        for branch in branches:
            if beginning.can_begin_with(branch.task, branch.index, branch.touches):
                if not branch.branches or not beginning.left:
                    return False
                branches = branch.branches
                break
        else:
            for operation in beginning.left:
                branch = Branch(operation.task, operation.index, operation.could)
                branches.append(branch)
                branches = branch.branches
            return True
