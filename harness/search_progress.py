"""How far a long search has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

SECONDS_BETWEEN_REPORTS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProgress:
    """Be how far a search has come; `str()` says it in a line.

    Args:
        search: the search's name.
        executions: how many were made; those of an exhaustive search are distinct traces.
        most: how many there will be at most.
        seconds: how long they took, by the wall clock.
        outcomes: in how many different ways they have ended.
        expected: about how many executions the whole of an exhaustive search is, or `None`.
        most_seconds: after how many seconds the search ends at the latest, or `None`.
    """

    search: str
    executions: int
    most: int
    seconds: float
    outcomes: int
    expected: float | None
    most_seconds: float | None = None

    @property
    def rate(self) -> float:
        """Return the executions in a second."""
        return self.executions / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float:
        """Return about how many seconds the search goes on, if it finds nothing."""
        total = min(self.most, self.most if self.expected is None else self.expected)
        left = max(total - self.executions, 0) / self.rate if self.rate else 0.0
        if self.most_seconds is None:
            return left
        return min(left, max(self.most_seconds - self.seconds, 0.0))

    def __str__(self) -> str:
        size = f"at most {self.most:,}"
        if self.expected is not None and self.expected <= self.most:
            size = f"about {round(self.expected):,}"
        return (
            f"{self.search}: {_some(self.executions, 'execution')} of {size}, {self.rate:,.0f} a second, "
            f"{_some(self.outcomes, 'outcome')}, "
            f"about {_duration(self.seconds_left)} left"
        )


ProgressListener: TypeAlias = Callable[[SearchProgress], object]
"""Is called about once a second, between two executions; an exception ends the exploration."""


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
