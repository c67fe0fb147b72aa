"""The collector is off while a body runs, because finalizers may lock; it runs between executions."""

from __future__ import annotations

import gc

from harness.arguments import has_gil
from harness.control.scheduling.scheduler import running

_MANY = 5_000  # objects
_EXECUTIONS_BETWEEN_LOOKS = 8
# Without a GIL each collection goes through the whole heap. Loops that are left open have files.
_EXECUTIONS_BETWEEN_COLLECTIONS = 1 if has_gil() else 10


class Garbage:
    """Collect what executions have left, when there is a reason to."""

    def __init__(self) -> None:
        self._expected = False
        self._executions = 0  # looked at since the last collection
        self.next_look = 0  # the epoch at which it is worth it to look again

    def expect(self) -> None:
        """Say that this exploration leaves objects whose finalizers complain about their end."""
        self._expected = True
        self.next_look = 0

    def collect(self) -> None:
        """Collect after an execution if it is worth it."""
        self._executions += 1
        self.next_look = running.epoch + (1 if self._expected else _EXECUTIONS_BETWEEN_LOOKS)
        if self._expected and self._executions >= _EXECUTIONS_BETWEEN_COLLECTIONS:
            self._executions = 0
            gc.collect(1)
        elif gc.get_count()[0] > _MANY:
            self.next_look = running.epoch + 1  # the next one may leave as many
            gc.collect(0)

    def end(self) -> None:
        """Collect after an exploration what is expected, as a part of ending tasks by force."""
        if self._expected:
            self._expected = False
            running.killing = True
            gc.collect()
            running.killing = False


garbage = Garbage()
