"""What tasks run on: greenlets that are used again.

A new greenlet costs ten microseconds, most of it for its first stack; one that waits for its next
task costs less than one. So a greenlet whose task has ended parks here.
"""

from __future__ import annotations

from collections.abc import Callable

from greenlet import getcurrent, greenlet

from harness.control.task import Task

_MOST_PARKED = 128
_parked: list[greenlet] = []


def take_carrier(task: Task, leave: Callable[[], Task]) -> greenlet:
    """Return a greenlet that runs `task` as soon as it gets the turn.

    Args:
        task: the task; the first `switch` must pass it on.
        leave: called when a task has ended; switches away, and returns the next task.
    """
    carrier = _parked.pop() if _parked else greenlet(_Carrier(leave).run)
    carrier.gr_context = task.context
    return carrier


def take_parked(task: Task) -> greenlet | None:
    """Return a parked greenlet for `task`, which any other may switch to; None if there is none."""
    if not _parked:
        return None
    carrier = _parked.pop()
    carrier.gr_context = task.context
    return carrier


class _Carrier:
    def __init__(self, leave: Callable[[], Task]) -> None:
        self._leave = leave

    def run(self, first: Task) -> None:
        task: Task | None = first
        while task is not None:
            task.body(task)
            task = None  # nothing of it may live on
            if len(_parked) < _MOST_PARKED:
                _parked.append(getcurrent())
                task = self._leave()
