"""What exists in every execution, and how operations of tasks touch it."""

from __future__ import annotations

from harness.control.task import Task
from harness.operation import READ, UPDATE, WRITE, Touch, Touches

CLOCK, THREADS, LIVES = range(3)  # the numbers of these objects

CLOCK_MOVES: Touches = (((CLOCK, ""), UPDATE),)
CLOCK_IS_READ: Touches = (((CLOCK, ""), READ),)
# A thread's number and name depend on the order of starts.
A_THREAD_COMES: Touches = (((THREADS, "number"), WRITE), ((THREADS, "list"), UPDATE))
A_THREAD_GOES: Touch = ((THREADS, "list"), UPDATE)
THREADS_ARE_LISTED: Touches = (((THREADS, "list"), READ),)


def aliveness(task: Task, mode: int) -> Touch:
    """Return that the end of a task is touched."""
    return (THREADS, task.number), mode


def start_of(task: Task, mode: int) -> Touch:
    """Return that the start of a task is touched."""
    return (THREADS, ~task.number), mode
