"""A fair schedule, to tell a program that cannot end from one that was never given its turn."""

from __future__ import annotations

from collections.abc import Sequence

from harness.control.scheduling.protocols import Chooser

_POINTS_A_TURN = 10


class RoundRobin(Chooser):
    """Let everybody go on in turn, for a few switch points each, whatever they touch.

    Args:
        turn: the length of a turn in switch points.
    """

    insists = True

    def __init__(self, turn: int = _POINTS_A_TURN) -> None:
        self._turn = turn

    def planned(self, task: int, after: int) -> int:
        """Ask at the end of each turn."""
        return after + self._turn

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return the next higher number that can go on, or the lowest."""
        ready = runnable[: len(runnable) - timed] or runnable
        return min((number for number in ready if number > task), default=min(ready))


class OthersFirst(RoundRobin):
    """Let the threads that the body starts go on before the body itself does."""

    def planned(self, task: int, after: int) -> int:
        """Ask at each point of the body, and at the end of each turn of another thread."""
        return after + (self._turn if task else 1)
