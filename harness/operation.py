"""What one task does in one step, as far as others can see it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

# How a location is touched. Two reads commute, and so do two updates, say stores to two keys of a
# dict where the location is "any key of it"; nothing else does.
READ, UPDATE, WRITE = range(3)

Location: TypeAlias = tuple[int, Hashable]  # the number of an object, and what of it
Touch: TypeAlias = tuple[Location, int]  # with the mode
Touches: TypeAlias = tuple[Touch, ...]
Which: TypeAlias = tuple[int, int]  # an operation, by its task and index


def conflict(ones: Touches, others: Touches) -> bool:
    """Say whether operations that touch these locations do not commute."""
    for location, mode in ones:
        for other, other_mode in others:
            if location == other and (mode != other_mode or mode == WRITE):
                return True
    return False


def owner_number(task: int, count: int) -> int:
    """Return the number of the object that is the `count`th, from 1, to get one from a task.

    It is the same in all executions in which the task has done the same so far, whatever the
    others have done meanwhile.
    """
    return count << _BITS_OF_A_TASK | task


_BITS_OF_A_TASK = 20


@dataclass(slots=True, eq=False)
class Operation:
    """Be one operation of one execution.

    Args:
        task: who does it.
        index: how many operations the task has done before.
        touches: what it touches.
        after: the positions of the operations that enabled it, other than the task's last one.
        blocking: whether it waits until it can be done.
        opened: whether, just before it, such an operation on the same location could be done.
        waits_for: the location that has to be open for it, if it can wait for that.
        is_known: whether `touches` is all that it touches.
        label: what it is, or the place in the code, which prints as both.
        position: its place in the execution, from 0.
        clock: how many operations of each task happen before it or are it.
    """

    task: int
    index: int
    touches: Touches
    after: tuple[int, ...] = ()
    blocking: bool = False
    opened: bool = True
    waits_for: Location | None = None
    label: object = ""
    is_known: bool = True
    position: int = -1
    clock: list[int] = field(default_factory=list)

    @property
    def which(self) -> Which:
        """Return the task and the index."""
        return self.task, self.index

    def is_in(self, clock: Sequence[int]) -> bool:
        """Say whether it happens before, or is, what has this clock."""
        return self.task < len(clock) and clock[self.task] > self.index
