"""`queue.SimpleQueue` under control: the standard library's own version in Python."""

from __future__ import annotations

import queue
from typing import Any


class SimpleQueue(queue._PySimpleQueue):  # type: ignore[name-defined, misc]  # it has no public name
    """Be an unbounded queue that checks its arguments as the version in C does."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        return super().get(bool(block), timeout if block else None)
