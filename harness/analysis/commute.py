"""Reorder independent operations so that each task runs in stretches as long as possible.

Executions that differ only in the order of operations that do not conflict behave the same, so the
one with the fewest switches stands for all of them. Finding it is hard in general; this looks
one stretch ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

How: TypeAlias = Literal["read", "write", "part"]
"""Say how something is touched. Reads commute, and so do writes of different parts of a whole."""


class Event(Protocol):
    """Be one operation: who did it, what it touched, and how: `"read"`, `"write"` or `"part"`."""

    @property
    def task(self) -> int:
        """Return the number of the task."""
        ...

    @property
    def touched(self) -> Sequence[tuple[Any, How]]:
        """Return what it touched, and how."""
        ...


def stretches(events: Sequence[Event], *, longest: bool) -> list[int]:
    """Return the tasks in an order that keeps the order of all events that conflict.

    Args:
        events: what happened, in its order.
        longest: whether the task with the longest stretch goes on when one has to stop, or that
            with the lowest number, which costs no switch if the one before is blocked.
    """
    following, waiting = _constraints(events)
    queues: dict[int, list[int]] = {}
    for index in reversed(range(len(events))):
        queues.setdefault(events[index].task, []).append(index)

    def length(task: int) -> int:
        count = 0
        for index in reversed(queues[task]):
            if waiting[index]:
                break
            count += 1
        return count

    order: list[int] = []
    current = events[0].task if events else 0
    while queues:
        if current not in queues or waiting[queues[current][-1]]:
            current = _next(queues, waiting, length if longest else None)
        index = queues[current].pop()
        if not queues[current]:
            del queues[current]
        order.append(current)
        for later in following[index]:
            waiting[later] -= 1
    return order


def _next(
    queues: dict[int, list[int]], waiting: list[int], length: Callable[[int], int] | None
) -> int:
    ready = sorted(task for task, queue in queues.items() if not waiting[queue[-1]])
    return ready[0] if length is None else max(ready, key=length)


@dataclass(slots=True)
class _Accesses:
    """Be the latest accesses to one thing that commute with each other, and those before them."""

    how: How
    latest: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)


def _constraints(events: Sequence[Event]) -> tuple[list[list[int]], list[int]]:
    """Return which events of others come after each event, and how many come before it."""
    following: list[list[int]] = [[] for _ in events]
    waiting = [0] * len(events)
    accesses: dict[Any, _Accesses] = {}
    for index, event in enumerate(events):
        earlier: set[int] = set()
        for what, how in event.touched:
            known = accesses.setdefault(what, _Accesses(how))
            if how != known.how or how == "write":
                known.how, known.before, known.latest = how, known.latest, []
            known.latest.append(index)
            earlier.update(known.before)
        for other in earlier:
            if events[other].task != event.task:
                following[other].append(index)
                waiting[index] += 1
    return following, waiting
