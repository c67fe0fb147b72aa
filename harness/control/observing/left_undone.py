"""What tasks had not done when the execution ended, of those that could have, or that waited."""

from __future__ import annotations

from typing import Any

from harness.control.observing.availability import is_open
from harness.control.scheduling.task import TIMED, TRIES, Task


def could_go_on(task: Task) -> bool:
    """Say whether a task could do at once what it stands before."""
    return task.can_go_on() and not _would_wait(task)


def depends_on_time(task: Task) -> bool:
    """Say whether time may pass before a task goes on."""
    if _stands_before(task, "sleep"):
        return True
    return task.deadline is not None or (task.patience == TIMED and _would_wait(task))


def waits_for(task: Task) -> tuple[str, Any]:
    """Return the operation that a task cannot do yet, and what it waits for."""
    if task.ready is None:
        return str(task.about), task.operand
    return task.operation, task.resource


def _would_wait(task: Task) -> bool:
    return (
        _stands_before(task, "acquire", "wait")
        and task.patience != TRIES
        and not is_open(task.operand, task)
    )


def _stands_before(task: Task, *operations: str) -> bool:
    return task.ready is None and task.carrier is not None and task.about in operations
