"""One step of an execution, and where a switch took place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from harness.outcome import Location

TIME_IS_OVER = "time is over"  # the kind of the step in which a timed wait has ended in vain
# The kinds of the steps whose answer starts and ends of threads decide.
LOOKS_AT_THREADS = ("is_alive", "enumerate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Be one thing that a task did where others can see it.

    Args:
        task: the task's number.
        point: the number of the switch point just before it, among the task's own.
        kind: what was done: `read`, `write`, `call`, TIME_IS_OVER, or a synchronization
            operation's name.
        what: the thing it was done to, in words, like `Counter.count`.
        value: the value read or written, as text; empty when there is none. Of TIME_IS_OVER, the
            seconds. Of a look at threads, the answer.
        location: the line, `None` when no code in scope was involved.
        function: the function's qualified name.
        source: the text of the line, stripped.
        switched: whether the task had been interrupted just before this step.
        contended: whether tasks that run concurrently touch the thing, one of them writing.
        others: of TIME_IS_OVER, the tasks that could go on meanwhile.
    """

    task: int
    point: int
    kind: str
    what: str = ""
    value: str = ""
    location: Location | None = None
    function: str = ""
    source: str = ""
    switched: bool = False
    contended: bool = False
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Be where a switch took place, in terms that survive until the program changes there.

    Args:
        function: the function's qualified name.
        kind: the kind of the switch point.
        source: the text of the line, stripped.
        location: the line now; for messages only.
    """

    function: str
    kind: str
    source: str
    location: Location | None = None


class Steps(Protocol):
    """Be the steps of an execution, and who made them."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return what the tasks did, in its order."""
        ...

    @property
    def tasks(self) -> tuple[str, ...]:
        """Return the tasks' names by number."""
        ...
