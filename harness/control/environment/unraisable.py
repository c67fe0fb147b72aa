"""Keep quiet about what finalizers and callbacks cannot raise because a task is ended by force."""

from __future__ import annotations

import sys
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import TaskKilled


class Unraisable:
    """Stand before `sys.unraisablehook` for the time of an exploration."""

    def __init__(self) -> None:
        self._original: Any = None

    def begin(self) -> None:
        """Take over."""
        self._original = sys.unraisablehook
        sys.unraisablehook = self._hook

    def end(self) -> None:
        """Give back, unless the body has put something else there."""
        if self._original is not None and sys.unraisablehook == self._hook:
            sys.unraisablehook = self._original
        self._original = None

    def _hook(self, unraisable: Any, /) -> None:
        is_half_made = running.killing and running.cut_short  # what the finalizer is about
        if not is_half_made and not issubclass(unraisable.exc_type, TaskKilled):
            self._original(unraisable)
