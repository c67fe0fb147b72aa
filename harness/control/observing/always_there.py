"""What exists in every execution, and how operations of tasks touch it."""

from __future__ import annotations

from typing import Any

from harness.control.scheduling.task import Task
from harness.operation import READ, UPDATE, WRITE, Touch, Touches

CLOCK, THREADS, LIVES = range(3)  # the numbers of these objects

CLOCK_MOVES: Touches = (((CLOCK, ""), UPDATE),)
CLOCK_IS_READ: Touches = (((CLOCK, ""), READ),)
# A thread's number and name depend on the order of starts.
A_THREAD_COMES: Touches = (((THREADS, "number"), WRITE), ((THREADS, "list"), UPDATE))
A_THREAD_GOES: Touch = ((THREADS, "list"), UPDATE)
# The execution ends with its last task that is no daemon: daemons can do nothing any more.
BEFORE_THE_END: Touch = ((THREADS, "end of all"), READ)
THE_END: Touch = ((THREADS, "end of all"), WRITE)
THREADS_ARE_LISTED: Touches = (((THREADS, "list"), READ),)


def aliveness(task: Task, mode: int) -> Touch:
    """Return that the end of a task is touched."""
    return (THREADS, task.number), mode


def start_of(task: Task, mode: int) -> Touch:
    """Return that the start of a task is touched."""
    return (THREADS, ~task.number), mode


def looked_at(thread: Any) -> Touches:
    """Return what a look whether a thread lives touches, or one at all of them."""
    task = getattr(thread, "_hypothread_task", None)
    return THREADS_ARE_LISTED if task is None else (aliveness(task, READ),)
