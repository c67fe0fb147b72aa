"""The order in which the operations of an execution took place, as far as it matters.

An operation that has to wait takes place when its wait is over. Waiting on a condition is two:
giving the lock up, and taking it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from harness.analysis.commute import How
from harness.control.accesses.locations import ANY_OF_THEM, Touch
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task

Touched: TypeAlias = tuple[Any, How]


@dataclass(frozen=True, slots=True)
class Event:
    """Be one operation: who did it, what it touched (a location or an object's id), and how."""

    task: int
    touched: tuple[Touched, ...]


class Order:
    """Record the events of one execution; `done` counts those of each task."""

    def __init__(self) -> None:
        self.done: dict[int, int] = {}
        self._events: list[Event | None] = []
        self._attempts: dict[int, int] = {}  # the index of each task's event that may have to wait

    @property
    def events(self) -> list[Event]:
        """Return the events in their order; call it before another execution begins."""
        last = len(self._events) - 1
        if running.deadlocked and last in self._attempts.values():
            self._events[last] = None  # whoever had to wait last has lost its turn to nobody
        return [event for event in self._events if event is not None]

    def begin_or_end(self, task: Task, thread: Any) -> None:
        """Note that `task` has started or joined a thread."""
        self.add(task, [(id(thread), "write")])

    def add(self, task: Task, touched: Iterable[Touched]) -> None:
        """Note that `task` touches something."""
        self._attempts.pop(task.number, None)
        self.done[task.number] = self.done.get(task.number, 0) + 1
        # Starting a thread comes before all that it does, and joining it after that.
        self._events.append(Event(task.number, (*touched, (id(task.thread), "read"))))

    def access(self, task: Task, touches: Iterable[Touch]) -> None:
        """Note that `task` reads or writes some locations."""
        self.add(task, [((id(touch.owner), touch.name), _how(touch)) for touch in touches])

    def attempt(self, task: Task, resource: Any) -> None:
        """Note that `task` does something to a resource, if it does not have to wait for it."""
        self.add(task, _touched_by(resource))
        if not hasattr(resource, "_lock"):  # waiting on a condition has an effect at once
            self._attempts[task.number] = len(self._events) - 1

    def switch(self, task: Task, to: Task) -> None:
        """Note that `task` loses its turn to another, because it has to wait or for another reason."""
        index = self._attempts.pop(task.number, None)
        if index is not None and task.ready is not None:
            self._events[index] = None
            self.done[task.number] -= 1
        # A join that is over is noted by itself.
        if to.ready is not None and to.operation != "join":
            self.add(to, _touched_by(to.resource))


def _touched_by(resource: Any) -> list[Touched]:
    lock = getattr(resource, "_lock", None)  # a condition's
    return [(id(one), "write") for one in (resource, lock) if one is not None]


def _how(touch: Touch) -> How:
    if not touch.write:
        return "read"
    return "part" if touch.name in ANY_OF_THEM else "write"
