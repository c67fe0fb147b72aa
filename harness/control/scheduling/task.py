"""One controlled thread."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any

from harness.instrument.site import Site

if TYPE_CHECKING:
    from harness.control.scheduling.carriers import Carrier

NEVER = (1 << 30) - 1
_NOBODY: list[int] = []
_NUMBERS_OF_A_TASK = 1_000_003
# What `ready` is while a task waits to be woken: whoever wakes it puts something else there.
ASLEEP: Callable[[], bool] = bool  # called without an argument it is False
FOREVER, TIMED, TRIES = range(3)  # how long an operation waits that cannot be done at once


class TaskKilled(BaseException):
    """End a task whose execution is over; only the scheduler raises and catches it."""


class Task:
    """Be one controlled thread, which runs only while it has the turn.

        NEW ──first turn──▶ RUNNING ◀──────▶ READY
                              │  ▲
                              ▼  │
                            BLOCKED          DONE from RUNNING

    Invariant: at most one task of a scheduler is RUNNING, namely `scheduler.current`.
    """

    # Slots, all of them set here: a class attribute that stands in for one would be looked up anew.
    __slots__ = (
        *("about", "body", "carrier", "context", "daemon", "deadline", "decided_at", "done"),
        *("handed_over_at", "held", "ident", "limit", "number", "operand", "operation"),
        *("numbers", "patience", "planned", "points", "ready", "resource", "started_by", "stop_at"),
        *("thread", "turns", "turns_known_in"),
    )

    def __init__(self, number: int, ident: int, body: Callable[[Task], None]) -> None:
        self.number = number
        self.ident = ident  # what get_ident() returns inside the task
        self.body = body
        self.thread: Any = None  # the threading.Thread it runs, None for T0
        self.started_by = -1  # the number of the task that has, which may be gone by now
        self.daemon = False
        self.carrier: Carrier | None = None  # None before the first turn
        self.context: Context | None = None  # what its first turn begins with
        self.points = 0  # switch points reached so far
        self.handed_over_at = 0  # its points when it could last hand over the GIL
        self.decided_at = 0  # its last point at which there was, or could have been, a choice
        self.planned = NEVER  # its next point that the chooser has planned to be asked at
        self.limit = NEVER  # the point at which the steps of all tasks are counted
        self.stop_at = NEVER  # the hooks call the scheduler at this point, watched or not
        self.about: Site | str = ""  # what it is about to do at the point where it stands
        self.operand: Any = None  # what it is about to touch there
        self.patience = FOREVER  # how long it waits for that
        self.turns: list[int] = _NOBODY  # who could go on where it is asked, itself first,
        self.turns_known_in = -1  # in this situation; see `Scheduler.situation`
        self.done = False
        self.ready: Callable[[], bool] | None = None  # None unless BLOCKED
        self.deadline: float | None = None  # virtual seconds, None unless in a timed wait
        self.operation = ""  # what it was last blocked in, like "acquire"
        self.resource: Any = None  # what it is blocked on
        self.held: list[Any] = []  # locks that it holds, in order
        self.numbers = number * _NUMBERS_OF_A_TASK  # the last of its own that it has given away

    def next_number(self) -> int:
        """Return a number that is nobody else's, and the same whatever the others do."""
        self.numbers += 1
        return self.numbers

    def has_ended(self) -> bool:
        """Say whether it has nothing more to do; who joins it is ready then."""
        return self.done

    def can_go_on(self) -> bool:
        """Say whether it waits for nothing."""
        return self.ready is None or self.ready()

    @property
    def name(self) -> str:
        """Return the thread's name, or `body` for T0."""
        return "body" if self.thread is None else str(self.thread._name)

    def __repr__(self) -> str:
        return f"<T{self.number} {self.name}>"


def has_deadline(task: Task) -> bool:
    """Say whether the task is in a timed wait."""
    return task.deadline is not None


def deadline_of(task: Task) -> float:
    """Return when the timed wait of the task expires, in virtual seconds."""
    assert task.deadline is not None
    return task.deadline
