"""Know which notification wakes a task, so that its turn comes after it."""

from __future__ import annotations

from typing import Any

from harness.control.scheduling.task import Task


class Notifications:
    """Keep who waited for a condition at each of its notifications."""

    def __init__(self) -> None:
        self._of: dict[int, list[tuple[int, frozenset[int]]]] = {}

    def note(self, condition: Any, position: int) -> None:
        """Take note of a notification, before anybody is woken.

        Args:
            condition: what is notified.
            position: the number of the operation, counted over the execution.
        """
        waiting = frozenset(
            waiter.task.number for waiter in condition._waiters if hasattr(waiter, "task")
        )
        self._of.setdefault(id(condition), []).append((position, waiting))

    def that_wake(self, task: Task, condition: Any) -> tuple[int, ...]:
        """Return the position of the notification that wakes a task, if there was one."""
        if any(getattr(one, "task", None) is task for one in condition._waiters):
            return ()
        for position, waiting in reversed(self._of.get(id(condition), ())):
            if task.number in waiting:
                return (position,)
        return ()
