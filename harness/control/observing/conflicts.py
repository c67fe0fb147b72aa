"""Which operations of an execution conflict, so that their order could be the other way round.

Two operations conflict if different tasks do them to the same location or lock, one of them
changing it, and neither starting nor joining a thread orders them. Where both tasks hold the same
lock, it is the acquiring of that lock that can be reversed, not what is done under it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from harness.control.accesses.locations import ANY_OF_THEM
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task
from harness.instrument.site import Site

Place: TypeAlias = Hashable
"""Say where in the program an operation stands, the same in every execution: a site, or a line."""

Label: TypeAlias = Hashable
"""Name what an operation touches, the same in every execution, if not quite exactly."""

SYNCHRONIZATION = "synchronization"

_MOST_OF_ONE_KIND = 8  # operations of one task at one place on one location that are remembered
_MOST_AT_ONE_LOCATION = 1_000  # operations; each is compared with all of them
_MOST_PAIRS = 128  # of two places
_NOTHING_HELD: frozenset[int] = frozenset()
_READS = frozenset(("is_set", "locked", "wait", "is_alive"))
_NOT_REVERSIBLE = frozenset(("release", "notify", "enumerate"))


@dataclass(slots=True, eq=False)  # not frozen: many are made
class Operation:
    """Be one operation of an execution.

    Args:
        task: the number of the task that did it.
        point: the number of its switch point.
        place: where it stands in the program.
        write: whether it changes what it touches.
        switches: how many switches had been made before it.
        held: what the task held then: the ids of locks.
        when: the task's own clock, which starting and joining threads advances.
    """

    task: int
    point: int
    place: Place
    write: bool
    switches: int
    held: frozenset[int]
    when: int


@dataclass(slots=True, eq=False)
class Conflict:
    """Be two conflicting operations in the order in which they were done."""

    first: Operation
    second: Operation


class Conflicts:
    """Collect the conflicts of one execution.

    `pairs` has them by the places of the two operations, in the order in which they were met;
    `counts` says how often each task did something with each thing that has a name.
    """

    def __init__(self) -> None:
        self.pairs: dict[tuple[Place, Place], list[Conflict]] = {}
        self.counts: dict[tuple[int, Label], int] = {}
        self._operations: dict[Hashable, list[Operation]] = {}
        self._seen: dict[tuple[Hashable, int, Place], int] = {}

    def count(self, task: Task, label: Label) -> None:
        """Note that `task` does something with what has this name."""
        key = (task.number, label)
        self.counts[key] = self.counts.get(key, 0) + 1

    def access(
        self, task: Task, site: Site, location: tuple[int, Any], write: bool, clock: Sequence[int]
    ) -> None:
        """Note that `task` reads or writes a location."""
        self._note(task, site, location, write, clock)

    def synchronize(
        self, task: Task, operation: str, resource: Any, line: int, clock: Sequence[int]
    ) -> None:
        """Note a synchronization operation."""
        if operation not in _NOT_REVERSIBLE and all(held is not resource for held in task.held):
            write = operation not in _READS
            self.count(task, SYNCHRONIZATION)
            self._note(task, (operation, line), (id(resource), ""), write, clock)

    def wake(self, task: Task, line: int, clock: Sequence[int]) -> None:
        """Note that `task` takes the lock of a condition back on which it has waited."""
        lock = getattr(task.resource, "_lock", None)
        if lock is not None:
            self._note(task, ("wake", line), (id(lock), ""), True, clock)

    def _note(
        self, task: Task, place: Place, location: tuple[int, Any], write: bool, clock: Sequence[int]
    ) -> None:
        number = task.number
        key = (location, number, place)
        seen = self._seen[key] = self._seen.get(key, 0) + 1
        if seen > _MOST_OF_ONE_KIND:
            return
        held = frozenset(map(id, task.held)) if task.held else _NOTHING_HELD
        switches = len(running.switches)
        operation = Operation(number, task.points, place, write, switches, held, clock[number])
        earlier = self._operations.setdefault(location, [])
        if len(earlier) >= _MOST_AT_ONE_LOCATION:
            return
        writes_commute = location[1] in ANY_OF_THEM
        for other in earlier:
            if other.task == number or not (write or other.write) or (held and held & other.held):
                continue
            if write and other.write and writes_commute:
                continue
            if other.task >= len(clock) or clock[other.task] < other.when:
                pairs = self.pairs.setdefault((other.place, place), [])
                if len(pairs) < _MOST_PAIRS:
                    pairs.append(Conflict(other, operation))
        earlier.append(operation)

    @property
    def labels(self) -> list[Label]:
        """Return what the conflicts are about, in the order in which they were met."""
        return list(dict.fromkeys(label_of(place) for pair in self.pairs for place in pair))


def label_of(place: Place) -> Label:
    """Return the name of what is touched at a place."""
    if not isinstance(place, Site):
        return SYNCHRONIZATION
    return place.label
