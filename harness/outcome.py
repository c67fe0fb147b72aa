"""How an execution ended: a closed set of values, compared by what a user can see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Location:
    """Be a line of source code.

    Args:
        filename: the path as Python reports it.
        line: the line's number, from 1.
    """

    filename: str
    line: int

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}"


def repr_of(value: object) -> str:
    """Return what `repr` returns, or what says that it fails: it is the user's code."""
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(value).__qualname__} whose repr raises {type(error).__name__}>"


def message_of(exception: BaseException) -> str:
    """Return what `str` returns, or what says that it fails, as `traceback` does."""
    try:
        return str(exception)
    except Exception:
        return "<exception str() failed>"


class _ByKey:
    """Compare by a key that the subclass derives from its fields."""

    __slots__ = ()

    def _key(self) -> object:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._key()))


@dataclass(frozen=True, slots=True, eq=False)
class Returned(_ByKey):
    """Say that the body returned `value`; equal values are equal outcomes."""

    value: Any = None

    def _key(self) -> object:
        return (type(self.value).__qualname__, repr_of(self.value))

    def __eq__(self, other: object) -> bool:
        if type(other) is not Returned:
            return NotImplemented
        if self.value is other.value:
            return True
        try:
            hash((self.value, other.value))
            return bool(self.value == other.value)
        except Exception:  # of the value's own methods, or for what can change
            return self._key() == other._key()

    def __hash__(self) -> int:  # an exploration asks for it once an execution
        try:
            return hash(self.value)
        except Exception:
            return hash(self._key())

    def __repr__(self) -> str:
        return f"Returned(value={repr_of(self.value)})"


@dataclass(frozen=True, slots=True, eq=False)
class Raised(_ByKey):
    """Say that a task raised `exception`; type, message and raising line are compared.

    Args:
        exception: the user's own exception object.
        task: the number of the task that raised it.
        location: the line that raised it, `None` when it is not known.
        others: exceptions of other tasks that came later, as (task, exception).
    """

    exception: BaseException
    task: int = 0
    location: Location | None = None
    others: tuple[tuple[int, BaseException], ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        return (
            f"Raised(exception={repr_of(self.exception)}, task={self.task}, "
            f"location={self.location!r})"
        )

    def _key(self) -> object:
        return (type(self.exception).__qualname__, message_of(self.exception), self.location)


@dataclass(frozen=True, slots=True)
class Wait:
    """Say what one task waits for when nobody can go on.

    Args:
        task: the waiting task's number.
        name: the waiting thread's name.
        operation: what it does, like `acquire`.
        what: the thing it waits for, in words.
        location: the waiting line.
        held_by: the number of the task that holds the thing, or `None`.
        holds: the things the waiting task holds itself, in words.
        holder_has_ended: whether the one that holds the thing can no longer let go of it.
    """

    task: int
    name: str
    operation: str
    what: str
    location: Location | None
    held_by: int | None = None
    holds: tuple[str, ...] = ()
    holder_has_ended: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Deadlocked(_ByKey):
    """Say that every live task waits; the set of (task, operation, line) is compared."""

    waits: tuple[Wait, ...] = ()

    def _key(self) -> object:
        return frozenset((wait.task, wait.operation, wait.location) for wait in self.waits)


@dataclass(frozen=True, slots=True, eq=False)
class OutOfSteps(_ByKey):
    """Say that `max_steps` switch points were passed before the end.

    Args:
        max_steps: the limit, in switch points.
        fair: whether a round-robin schedule, where every task gets its turns, ends the same way.
        locations: where each live task was, as (task, line).
        endless: whether it ended earlier, because every task only repeats its steps.
    """

    max_steps: int
    fair: bool = False
    locations: tuple[tuple[int, Location | None], ...] = ()
    endless: bool = False

    def _key(self) -> object:
        return self.fair


@dataclass(frozen=True, slots=True, eq=False)
class Stuck(_ByKey):
    """Say that a task stopped where the harness cannot see it, like in a lock that it does not control."""

    where: str = ""

    def _key(self) -> object:
        return self.where


Outcome: TypeAlias = Returned | Raised | Deadlocked | OutOfSteps | Stuck

Kind: TypeAlias = tuple[type, type | None, Location | None]


def kind_of(outcome: Outcome) -> Kind:
    """Return what two failures must have in common to be the same."""
    if isinstance(outcome, Raised):
        return Raised, type(outcome.exception), outcome.location
    return type(outcome), None, None
