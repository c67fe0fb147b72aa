"""Show on a terminal what is being done, in one line that is wiped out at the end."""

from __future__ import annotations

import sys
from time import monotonic

_SECONDS_BETWEEN = 0.2


class Progress:
    """Write to standard error while it is a terminal, and nothing otherwise.

    Args:
        name: the script's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream = sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None
        self._next = 0.0
        self._width = 0
        self._executions = 0
        self._doing = ""

    def begin(self, doing: str) -> None:
        """Say what is done from now on."""
        self._doing = doing
        self._next = 0.0
        self._show()

    def count(self) -> None:
        """Count one execution more."""
        self._executions += 1
        self._show()

    def end(self) -> None:
        """Wipe the line out."""
        if self._stream is not None and self._width:
            self._write("")
            self._width = 0

    def _show(self) -> None:
        if self._stream is not None and (now := monotonic()) >= self._next:
            self._next = now + _SECONDS_BETWEEN
            self._write(f"{self._name}: {self._doing}, {self._executions:,} executions so far")

    def _write(self, text: str) -> None:
        assert self._stream is not None
        self._stream.write(f"\r{text.ljust(self._width)}\r{text}")
        self._stream.flush()
        self._width = len(text)
