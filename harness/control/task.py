"""One controlled thread."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any

from greenlet import greenlet

NEVER = 1 << 62


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

    __slots__ = (
        "body",
        "context",
        "daemon",
        "deadline",
        "done",
        "greenlet",
        "held",
        "ident",
        "number",
        "operation",
        "points",
        "points_at_turn",
        "ready",
        "resource",
        "stop_at",
        "thread",
        "timed_out",
    )

    def __init__(self, number: int, ident: int, body: Callable[[Task], None]) -> None:
        self.number = number
        self.ident = ident  # what get_ident() returns inside the task
        self.body = body
        self.greenlet: greenlet | None = None  # None before the first turn
        self.context: Context | None = None  # what its first turn begins with
        self.thread: Any = None  # the threading.Thread it runs, None for T0
        self.daemon = False
        self.points = 0  # switch points reached so far
        self.points_at_turn = 0  # the same when it last got the turn
        self.stop_at = NEVER  # the hooks call the scheduler at this point, watched or not
        self.done = False
        self.ready: Callable[[], bool] | None = None  # None unless BLOCKED
        self.deadline: float | None = None  # virtual seconds, None unless in a timed wait
        self.timed_out = False  # how the last timed wait ended
        self.operation = ""  # what it is blocked in, like "acquire"
        self.resource: Any = None  # what it is blocked on
        self.held: list[Any] = []  # locks that it holds, in order; for reports only

    @property
    def name(self) -> str:
        """Return the thread's name, or `body` for T0."""
        return "body" if self.thread is None else str(self.thread._name)

    def __repr__(self) -> str:
        return f"<T{self.number} {self.name}>"
