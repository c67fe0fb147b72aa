"""Which operations of one execution depend on each other, and which of these pairs are races.

Happens-before is the smallest order that contains each task's own order, the order of any two
operations that touch the same location in modes that do not commute, and what enables what: a
start its task, a notification the one that it wakes, an end the join. It is kept in vector clocks:
an operation's clock says how many operations of each task happen before it or are it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.operation import READ, UPDATE, WRITE, Location, Operation, Touches


@dataclass(slots=True)
class _History:
    """Be the operations that touched one location: of each task the last in each mode."""

    last_write: Operation | None = None
    reads: dict[int, Operation] = field(default_factory=dict)
    updates: dict[int, Operation] = field(default_factory=dict)
    all: list[tuple[Operation, int]] = field(default_factory=list)  # with the mode


@dataclass(frozen=True, slots=True)
class Race:
    """Be two operations that could come in the other order.

    Args:
        first: the one that came first.
        second: the other one.
        clock: what happens before `second` without regard to what it touches.
    """

    first: Operation
    second: Operation
    clock: list[int]


class HappensBefore:
    """Take up the operations of one execution in the order in which they were done."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.of_task: list[list[Operation]] = []
        self.races: list[Race] = []
        self.pending: dict[int, Operation] = {}  # what tasks waited for when the execution ended
        self._parents: dict[int, Operation] = {}
        self._histories: dict[Location, _History] = {}

    def start(self, child: int, parent: Operation | None) -> None:
        """Note that `parent` starts the task `child`."""
        if parent is not None:
            self._parents[child] = parent

    def add(self, operation: Operation, *, look_for_races: bool) -> None:
        """Take up the next operation, and its races with earlier ones if they are wanted."""
        number = operation.task
        while len(self.of_task) <= number:
            self.of_task.append([])
        own = self._clock_of_task(number)
        clock = list(own)
        clock += [0] * (number + 1 - len(clock))
        if look_for_races:
            self._look_for_races(operation, own)
        for location, mode in operation.touches:
            self._touch(operation, location, mode, clock)
        for position in operation.after:
            _join(clock, self.operations[position].clock)
        clock[number] = operation.index + 1
        operation.clock = clock
        operation.position = len(self.operations)
        self.operations.append(operation)
        self.of_task[number].append(operation)

    def amend(self, task: int, touches: Touches, *, look_for_races: bool) -> None:
        """Let the last operation of a task touch more."""
        operation = self.of_task[task].pop()
        own = self._clock_of_task(task)
        self.of_task[task].append(operation)
        before, operation.touches = operation.touches, touches
        if look_for_races:
            self._look_for_races(operation, own)
        for location, mode in touches:
            self._touch(operation, location, mode, operation.clock)
        operation.touches = before + touches
        operation.could += touches
        for later in self.operations[operation.position + 1 :]:
            if operation.is_in(later.clock):
                _join(later.clock, operation.clock)

    def add_pending(self, operation: Operation) -> None:
        """Look for the races of an operation that was still waiting when the execution ended."""
        self.pending[operation.task] = operation
        self._look_for_races(operation, self._clock_of_task(operation.task))

    def parent(self, task: int) -> Operation | None:
        """Return the operation that started a task, or None for T0."""
        return self._parents.get(task)

    def following(self, task: int, position: int) -> Operation | None:
        """Return the first operation of `task` at `position` or later."""
        if task >= len(self.of_task):
            return None
        of_task = self.of_task[task]
        low, high = 0, len(of_task)
        while low < high:
            middle = (low + high) // 2
            if of_task[middle].position < position:
                low = middle + 1
            else:
                high = middle
        return of_task[low] if low < len(of_task) else None

    def operation(self, task: int, index: int) -> Operation | None:
        """Return an operation by its task and number, if the execution has it."""
        if task < len(self.of_task) and index < len(self.of_task[task]):
            return self.of_task[task][index]
        return None

    # Inside --------------------------------------------------------------------------------

    def _touch(self, operation: Operation, location: Location, mode: int, clock: list[int]) -> None:
        history = self._histories.get(location)
        if history is None:
            self._histories[location] = history = _History()
        else:
            for other in _conflicting(history, mode):
                _join(clock, other.clock)
        if mode == WRITE:
            history.last_write = operation
            history.reads = {}
            history.updates = {}
        elif mode == READ:
            history.reads[operation.task] = operation
        else:
            history.updates[operation.task] = operation
        history.all.append((operation, mode))

    def _clock_of_task(self, number: int) -> list[int]:
        if number < len(self.of_task) and self.of_task[number]:
            return self.of_task[number][-1].clock
        parent = self._parents.get(number)
        return [] if parent is None else parent.clock

    def _look_for_races(self, operation: Operation, own: list[int]) -> None:
        found: dict[int, Operation] = {}
        for location, mode in operation.touches:
            history = self._histories.get(location)
            if history is None:
                continue
            if operation.blocking:
                self._enabled_before(history.all, operation, mode, own, found)
            else:
                for one in _conflicting(history, mode):
                    if not one.is_in(own):
                        found[one.position] = one
        for one in found.values():
            if not any(one is not other and one.is_in(other.clock) for other in found.values()):
                self.races.append(Race(one, operation, own))

    def _enabled_before(
        self,
        history: list[tuple[Operation, int]],
        operation: Operation,
        mode: int,
        own: list[int],
        found: dict[int, Operation],
    ) -> None:
        """Find those before which an operation that had to wait could have been done instead."""
        for other, other_mode in reversed(history):
            if other_mode == mode and mode != WRITE:
                continue
            enabled = other.opened and not any(
                other.is_in(self.operations[position].clock) for position in operation.after
            )
            if enabled and not other.is_in(own):
                found[other.position] = other
            if other_mode == WRITE and (enabled or other.is_in(own)):
                return  # all others happen before this one


def _conflicting(history: _History, mode: int) -> list[Operation]:
    """Return the last operations that touched a location in a mode that conflicts with `mode`."""
    found: list[Operation] = []
    if history.last_write is not None:
        found.append(history.last_write)
    if mode != READ:
        found += history.reads.values()
    if mode != UPDATE:
        found += history.updates.values()
    return found


def _join(clock: list[int], other: list[int]) -> None:
    if len(other) > len(clock):
        clock += [0] * (len(other) - len(clock))
    for number, count in enumerate(other):
        clock[number] = max(clock[number], count)
