"""What the scheduler asks, and whom it tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from harness.control.scheduling.task import NEVER, Task
from harness.operation import Operation, Touches


class Chooser(Protocol):
    """Say who goes on; an interleaving is one chooser, each search is another.

    All of them inherit from it what most of them have in common.
    """

    everywhere: bool = False  # if it is watching, at points that nobody contends for, too
    insists: bool = False  # where the model allows no switch, at the next point that it does

    @property
    def watching(self) -> bool:
        """Say whether it is asked at every watched point, not only at planned ones."""
        return False

    def begin_again(self) -> None:
        """Prepare the same execution once more, because it is run again."""
        return

    def planned(self, task: int, after: int) -> int:
        """Return the next point of `task` after point `after` at which it wants to be asked."""
        return NEVER

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return one of `runnable`.

        Args:
            runnable: at least two tasks: `task` first if it can go on, then the others that can
                by number, then those in a timed wait by deadline (choosing one ends its wait).
                It is not to be changed: the same list may come again.
            task: the task at the switch point.
            point: the number of its switch point.
            timed: how many at the end of `runnable` are in a timed wait.
        """
        ...


class HandOverRule(Protocol):
    """Say where a switch is allowed; only while it is not allowed everywhere."""

    moved: bool  # a switch of this execution is known by an earlier point

    def begin_task(self) -> None:
        """Be told, on its carrier, that a task has begun."""
        ...

    def first_point(self, task: Task, point: int, is_due: bool) -> int:
        """Return the point by which a switch at `point` is known, 0 if none is allowed."""
        ...


@runtime_checkable
class Listener(Protocol):
    """Be told of each operation of an execution, in order; a search that needs them is one."""

    def performed(self, operation: Operation) -> None:
        """Be told of an operation that is done now."""
        ...

    def amended(self, task: int, touches: Touches) -> None:
        """Be told that the last operation of `task` touches more."""
        ...

    def started(self, child: int) -> None:
        """Be told that the last operation has started a task."""
        ...

    def waiting(self, operation: Operation) -> None:
        """Be told of an operation that was waited for when the execution ended."""
        ...
