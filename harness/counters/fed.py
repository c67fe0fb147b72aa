"""A counter that one thread writes, fed by the others."""

from __future__ import annotations

import queue
import threading
from typing import ClassVar

from harness.counters.expectation import Expectation
from harness.counters.plain import one


class QueueCounter:
    """Send each increment through a queue to one thread that writes the count."""

    expected: ClassVar[Expectation] = Expectation(
        why="Only the writer touches the count, and whoever reads it has joined the writer.",
    )

    def __init__(self) -> None:
        self.count = 0
        self.closed = False
        self.increments: queue.Queue[bool] = queue.Queue()
        self.writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self.writer.start()

    @property
    def value(self) -> int:
        """Close the counter, and return the count once everything sent before is written."""
        self.close()
        return self.count

    def increment(self) -> None:
        """Send one more.

        Raises:
            ValueError: when the counter is closed.
        """
        if self.closed:
            raise ValueError("The counter was closed when its value was read. Make a new one.")
        self.increments.put(True)

    def close(self) -> None:
        """Let the writer write what was sent, and end it."""
        if not self.closed:
            self.closed = True
            self.increments.put(False)
        self.writer.join()

    def _write(self) -> None:
        while self.increments.get():
            self.count = self.count + one()
