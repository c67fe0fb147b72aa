"""Which timed waits may end although others could go on, if threads are not held up for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.control.scheduling.task import Task, deadline_of


class Delays:
    """Remember since when each task could have gone on, as far as time has passed meanwhile.

    Args:
        longest: virtual seconds, less than which a task is held up while it could go on.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._since: dict[int, tuple[int, float]] = {}  # by task: its points then, and when

    def forget(self) -> None:
        """Begin with another execution."""
        self._since.clear()

    def within(
        self, now: float, ready: Iterable[Task], current: Task, timed: Sequence[Task]
    ) -> list[Task]:
        """Return those whose time may run out now: nobody who could go on is held up too long.

        Args:
            now: virtual seconds.
            ready: the tasks that could go on; all others need not.
            current: the running task, which nothing has held up so far.
            timed: the tasks in a timed wait, by deadline.
        """
        since = {}
        for task in ready:
            points, began = self._since.get(task.number, (-1, now))
            is_held_up = points == task.points and task is not current
            since[task.number] = (task.points, began if is_held_up else now)
        self._since = since
        first = min((deadline_of(timed[0]), *(began for _, began in since.values())))
        return [task for task in timed if deadline_of(task) - first < self._longest]
