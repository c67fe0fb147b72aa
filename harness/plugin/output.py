"""What a body prints and logs: of all executions only the one that is reported leaves a trace.

pytest shows what a failing test has printed. Of an exploration that would be what thousands of
executions have, most of them to make the failure small.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness import shown_execution


@contextmanager
def of_the_shown_execution_only(config: pytest.Config) -> Iterator[None]:
    """Leave out what executions print and log, but for the last one whose steps are shown.

    What a test captures by `capsys` or `caplog` stays as it is.

    Args:
        config: knows pytest's plugins for both.
    """
    captures: list[_Printed | _Logged] = [_Printed(config), _Logged(config)]

    original = shown_execution.around

    @contextmanager
    def around() -> Iterator[None]:
        for one in captures:
            one.take()
        try:
            yield
        finally:
            for one in captures:
                one.keep()

    for one in captures:
        one.begin()
    shown_execution.around = around
    try:
        yield
    finally:
        shown_execution.around = original
        for one in captures:
            one.take()
            one.put_back()


class _Printed:
    """Take from what pytest has captured of the standard output and errors."""

    def __init__(self, config: pytest.Config) -> None:
        self._manager: Any = config.pluginmanager.getplugin("capturemanager")
        # If a fixture of the test captures, the test wants all of it; `tee-sys` has shown it by now.
        self._is_captured = (
            getattr(self._manager, "_method", "no") in ("fd", "sys")
            and self._manager._capture_fixture is None
        )
        self._before = self._kept = ("", "")

    def begin(self) -> None:
        self._before = self.take()

    def take(self) -> tuple[str, str]:
        if not self._is_captured:
            return "", ""
        sys.stdout.flush()
        sys.stderr.flush()
        captured = self._manager.read_global_capture()
        return captured.out, captured.err

    def keep(self) -> None:
        self._kept = self.take()

    def put_back(self) -> None:
        for stream, before, kept in zip(
            (sys.stdout, sys.stderr), self._before, self._kept, strict=True
        ):
            stream.write(before + kept)


class _Logged:
    """Take from what pytest shows as log."""

    def __init__(self, config: pytest.Config) -> None:
        plugin: Any = config.pluginmanager.getplugin("logging-plugin")
        self._handler: Any = getattr(plugin, "report_handler", None)
        self._length = 0
        self._kept = ""

    def begin(self) -> None:
        if self._handler is not None:
            self._length = len(self._handler.stream.getvalue())

    def take(self) -> str:
        if self._handler is None:
            return ""
        stream = self._handler.stream
        taken: str = stream.getvalue()[self._length :]
        stream.seek(self._length)
        stream.truncate()
        return taken

    def keep(self) -> None:
        self._kept = self.take()

    def put_back(self) -> None:
        if self._handler is not None:
            self._handler.stream.write(self._kept)
