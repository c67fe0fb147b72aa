"""The collector is off while a body runs, because finalizers may lock; it runs between executions."""

from __future__ import annotations

import gc

from harness.control.scheduler import running

_MANY = 5_000  # objects


class Garbage:
    """Collect what executions have left, when there is a reason to."""

    def __init__(self) -> None:
        self._expected = False

    def expect(self) -> None:
        """Say that this exploration leaves objects whose finalizers complain about their end."""
        self._expected = True

    def collect(self) -> None:
        """Collect after an execution if it is worth it."""
        if self._expected or gc.get_count()[0] > _MANY:
            gc.collect(1 if self._expected else 0)

    def end(self) -> None:
        """Collect after an exploration what is expected, as a part of ending tasks by force."""
        if self._expected:
            self._expected = False
            running.killing = True
            gc.collect()
            running.killing = False


garbage = Garbage()
