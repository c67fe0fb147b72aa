"""Parts of an execution that are one step."""

from __future__ import annotations

from harness.control.scheduling.execution_state import ExecutionState


class Quiet:
    """Let hooks and operations be no switch points, inside of a `with` statement."""

    __slots__ = ("_ident", "_listening", "_scheduler")

    def __init__(self, scheduler: ExecutionState) -> None:
        self._scheduler = scheduler

    def __enter__(self) -> None:
        self._ident = self._scheduler.ident
        self._listening = self._scheduler.listening
        self._scheduler.ident = 0
        self._scheduler.listening = None

    def __exit__(self, *_: object) -> None:
        self._scheduler.ident = self._ident
        self._scheduler.listening = self._listening
