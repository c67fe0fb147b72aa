"""Do operations in a given order, as far as the program lets them."""

from __future__ import annotations

from collections.abc import Sequence

from harness.control.observing.observer import Observer
from harness.control.scheduling.protocols import Chooser
from harness.control.scheduling.task import NEVER


class Following(Chooser):
    """Let the task go on whose next operation comes first in the order.

    Args:
        order: who does an operation, from the first to the last.
        observer: sees the execution that follows the order, and counts what each task has done.
    """

    watching = True

    def __init__(self, order: Sequence[int], observer: Observer) -> None:
        self._observer = observer
        self._positions: dict[int, list[int]] = {}
        for position, task in enumerate(order):
            self._positions.setdefault(task, []).append(position)

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return the task whose next operation comes first."""
        return min(runnable, key=self._position)

    def _position(self, task: int) -> int:
        positions = self._positions.get(task, ())
        order = self._observer.order
        done = 0 if order is None else order.done.get(task, 0)
        return positions[done] if done < len(positions) else NEVER
