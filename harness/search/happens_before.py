"""Which operations of one execution depend on each other, and which of these pairs are races.

Happens-before is the smallest order that contains each task's own order, the order of any two
operations that touch the same location in modes that do not commute, and what enables what: a
start its task, a notification the one that it wakes, an end the join. It is kept in vector clocks:
an operation's clock says how many operations of each task happen before it or are it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.control.observing.vector_clocks import join
from harness.operation import READ, UPDATE, WRITE, Location, Operation, Touch, Touches

_ByTask: TypeAlias = dict[int, Operation]


@dataclass(slots=True)
class _History:
    """Be the operations that touched one location: of each task the last in each mode."""

    last_write: Operation | None = None
    reads: _ByTask = field(default_factory=dict)  # since the last write
    updates: _ByTask = field(default_factory=dict)  # since the last write
    all: list[tuple[Operation, int]] = field(default_factory=list)  # with the mode
    before: list[tuple[Operation | None, _ByTask, _ByTask]] = field(default_factory=list)

    def add(self, operation: Operation, mode: int) -> None:
        """Add an operation that touches the location."""
        self.before.append((self.last_write, self.reads, self.updates))
        self.all.append((operation, mode))
        if mode == WRITE:
            self.last_write, self.reads, self.updates = operation, {}, {}
        elif mode == READ:
            self.reads = {**self.reads, operation.task: operation}
        else:
            self.updates = {**self.updates, operation.task: operation}

    def take_back(self) -> None:
        """Forget the last operation."""
        self.last_write, self.reads, self.updates = self.before.pop()
        self.all.pop()

    def conflicting(self, mode: int) -> list[Operation]:
        """Return the last operations that do not commute with one in this mode."""
        found: list[Operation] = []
        if self.last_write is not None:
            found.append(self.last_write)
        if mode != READ and self.reads:
            found += self.reads.values()
        if mode != UPDATE and self.updates:
            found += self.updates.values()
        return found

    def is_contended(self) -> bool:
        """Say whether several tasks have touched the location, not all of them in a way that commutes."""
        first, first_mode = self.all[0]
        return any(one.task != first.task for one, _ in self.all) and (
            first_mode == WRITE or any(mode != first_mode for _, mode in self.all)
        )


@dataclass(frozen=True, slots=True)
class Race:
    """Be two operations that could come in the other order."""

    first: Operation
    second: Operation


class HappensBefore:
    """Take up the operations of one execution in the order in which they were done."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.of_task: list[list[Operation]] = []
        self.races: list[Race] = []
        self.pending: dict[int, Operation] = {}  # what tasks waited for when the execution ended
        self.parents: dict[int, Operation] = {}  # what has started each task
        self._histories: dict[Location, _History] = {}

    def cut(self, length: int) -> None:
        """Go back to where there were `length` operations."""
        while len(self.operations) > length:
            operation = self.operations.pop()
            self.of_task[operation.task].pop()
            for location, _ in reversed(operation.touches):
                history = self._histories[location]
                history.take_back()
                if not history.all:
                    del self._histories[location]
        self.parents = {
            child: parent for child, parent in self.parents.items() if parent.position < length
        }
        self.pending.clear()
        self.races.clear()

    def go_back(
        self,
        operations: Sequence[Operation],
        parents: dict[int, Operation],
        length: int,
        shared: int,
    ) -> None:
        """Take up the first operations of an earlier execution again.

        Args:
            operations: all that it did.
            parents: of them, those that have started a task.
            length: how many to take up.
            shared: how many it has in common with the one that was taken up last.
        """
        self.cut(min(length, shared))
        self.parents = parents
        for operation in operations[len(self.operations) : length]:
            self._append(operation)
            for location, mode in operation.touches:
                self._history(location).add(operation, mode)

    def start(self, child: int, parent: Operation) -> None:
        """Note that `parent` starts the task `child`."""
        self.parents[child] = parent

    def add(self, operation: Operation) -> None:
        """Take up the next operation, and its races with earlier ones."""
        number = operation.task
        own = self._clock_of_task(number)
        clock = list(own)
        clock += [0] * (number + 1 - len(clock))
        if operation.touches:
            self._look_for_races(operation, own)
            for location, mode in operation.touches:
                self._touch(operation, location, mode, clock)
        for position in operation.after:
            join(clock, self.operations[position].clock)
        clock[number] = operation.index + 1
        operation.clock = clock
        operation.position = len(self.operations)
        self._append(operation)

    def amend(self, task: int, touches: Touches) -> None:
        """Let the last operation of a task touch more."""
        operation = self.of_task[task].pop()
        own = self._clock_of_task(task)
        self.of_task[task].append(operation)
        before, operation.touches = operation.touches, touches
        self._look_for_races(operation, own)
        for location, mode in touches:
            self._touch(operation, location, mode, operation.clock)
        operation.touches = before + touches
        for later in self.operations[operation.position + 1 :]:
            if operation.is_in(later.clock):
                join(later.clock, operation.clock)

    def add_pending(self, operation: Operation) -> None:
        """Look for the races of an operation that was still waiting when the execution ended."""
        self.pending[operation.task] = operation
        own = self._clock_of_task(operation.task)
        if operation.waits_for is None:
            self._look_for_races(operation, own)
        else:  # nothing else keeps it from being done
            touches = [one for one in operation.touches if one[0] == operation.waits_for]
            self._look_for_races(operation, own, touches)

    def contended(self) -> set[Location]:
        """Return the locations at which the order of operations can make a difference."""
        found = {
            location for location, history in self._histories.items() if history.is_contended()
        }
        for operation in self.pending.values():
            found.update(location for location, _ in operation.touches)
        return found

    def clock_without(self, first: Operation, second: Operation) -> list[int]:
        """Return what happens before the second operation of a race if the first is put off."""
        clock = list(self._clock_before(second))
        for location, mode in second.touches:
            for other, other_mode in reversed(self._histories[location].all):
                if second.position < 0 or other.position < second.position:
                    commutes = other_mode == mode and mode != WRITE
                    if not commutes and not first.is_in(other.clock):
                        join(clock, other.clock)
                        if other_mode == WRITE:
                            break  # all others happen before this one
        for enabling in (self.operations[position] for position in second.after):
            if not first.is_in(enabling.clock):
                join(clock, enabling.clock)
        return clock

    def operation(self, task: int, index: int) -> Operation | None:
        """Return an operation by its task and number, if the execution has it."""
        if task < len(self.of_task) and 0 <= index < len(self.of_task[task]):
            return self.of_task[task][index]
        return None

    # Inside --------------------------------------------------------------------------------

    def _append(self, operation: Operation) -> None:
        while len(self.of_task) <= operation.task:
            self.of_task.append([])
        self.operations.append(operation)
        self.of_task[operation.task].append(operation)

    def _history(self, location: Location) -> _History:
        history = self._histories.get(location)
        if history is None:
            self._histories[location] = history = _History()
        return history

    def _touch(self, operation: Operation, location: Location, mode: int, clock: list[int]) -> None:
        history = self._history(location)
        for other in history.conflicting(mode):
            if other.task != operation.task:
                join(clock, other.clock)
        history.add(operation, mode)

    def _clock_of_task(self, number: int) -> list[int]:
        if number < len(self.of_task) and self.of_task[number]:
            return self.of_task[number][-1].clock
        parent = self.parents.get(number)
        return [] if parent is None else parent.clock

    def _clock_before(self, operation: Operation) -> list[int]:
        if operation.index:
            return self.of_task[operation.task][operation.index - 1].clock
        parent = self.parents.get(operation.task)
        return [] if parent is None else parent.clock

    def _look_for_races(
        self, operation: Operation, own: list[int], touches: Iterable[Touch] | None = None
    ) -> None:
        found: dict[int, Operation] = {}
        for location, mode in operation.touches if touches is None else touches:
            history = self._histories.get(location)
            if history is None:
                continue
            if operation.blocking:
                self._enabled_before(history, operation, mode, own, found)
            else:
                for one in history.conflicting(mode):
                    if one.task != operation.task and not one.is_in(own):
                        found[one.position] = one
        if len(found) == 1:
            self.races += [Race(one, operation) for one in found.values()]
        else:
            for one in found.values():
                if not any(one is not other and one.is_in(other.clock) for other in found.values()):
                    self.races.append(Race(one, operation))

    def _enabled_before(
        self,
        history: _History,
        operation: Operation,
        mode: int,
        own: list[int],
        found: dict[int, Operation],
    ) -> None:
        """Find those before which an operation that had to wait could have been done instead."""
        for other, other_mode in reversed(history.all):
            if other_mode == mode and mode != WRITE:
                continue
            is_before = other.is_in(own)
            enabled = other.opened and not any(
                other.is_in(self.operations[position].clock) for position in operation.after
            )
            if enabled and not is_before:
                found[other.position] = other
            if other_mode == WRITE and (enabled or is_before):
                return  # all others happen before this one
