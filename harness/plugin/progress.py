"""Show on the terminal how far a long search has come, in one line below the tests."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.search_progress import SearchProgress


class TerminalProgress:
    """Write to pytest's terminal, if it is one: not to a file, nor in a worker of xdist.

    Args:
        config: of the session.
    """

    def __init__(self, config: pytest.Config) -> None:
        plugins = config.pluginmanager
        reporter = plugins.get_plugin("terminalreporter")
        shows = reporter is not None and reporter.isatty and not hasattr(config, "workerinput")
        self._reporter: pytest.TerminalReporter | None = reporter if shows else None
        self._capture: Any = plugins.get_plugin("capturemanager")
        self._is_shown = False

    def show(self, progress: SearchProgress) -> None:
        """Write over what was shown before."""
        if self._reporter is None:
            return
        with self._uncaptured():
            if not self._is_shown:
                self._reporter.ensure_newline()
            self._reporter.rewrite(f"  {progress}", erase=True)
        self._is_shown = True

    def wipe_out(self) -> None:
        """Leave nothing of it."""
        if self._is_shown and self._reporter is not None:
            with self._uncaptured():
                self._reporter.rewrite("", erase=True)
                self._reporter.rewrite("")
            self._is_shown = False

    def _uncaptured(self) -> AbstractContextManager[None]:
        if self._capture is None:  # -p no:capture
            return nullcontext()
        uncaptured: AbstractContextManager[None] = self._capture.global_and_fixture_disabled()
        return uncaptured
