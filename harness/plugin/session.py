"""What the plugin keeps for a pytest session: the options, and what the running test has shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.plugin.options import ProjectOptions
from harness.plugin.progress import TerminalProgress

if TYPE_CHECKING:
    from harness.exploration import Exploration, Failure

WITHOUT_GIL = "harness.free-threaded"  # the property of a test that the GIL alone lets pass
_WORST_FIRST = ("violated", "inconclusive", "no failure found", "holds")


class Session:
    """Be the plugin's state; there is one for each pytest configuration.

    Args:
        config: pytest's configuration.
        options: the options that apply to every exploration.
        progress: shows how far a search has come.
    """

    def __init__(
        self, config: pytest.Config, options: ProjectOptions, progress: TerminalProgress
    ) -> None:
        self.config = config
        self.options = options
        self.progress = progress
        self._explorations: list[tuple[Exploration, int | None]] = []  # with the seed
        self.fails_without_gil = False  # the running test, which was looked at with model="gil"
        self.was_asked = False  # to explore something, by the running test
        self._token_fitted = False
        self._divergence: Exception | None = None

    def note_exploration(self, exploration: Exploration, seed: int | None) -> None:
        """Take note of what an exploration has shown; a replay has no seed."""
        failure = exploration.failure
        if failure is not None and isinstance(failure.exception, pytest.skip.Exception):
            return  # the test says that it does not apply here
        self._explorations.append((exploration, seed))

    def note_failure_without_gil(self, failure: Failure | None) -> None:
        """Take note of what a body that holds under the GIL does without one."""
        if failure is not None and not isinstance(failure.exception, pytest.skip.Exception):
            self.fails_without_gil = True

    def take_explorations(self) -> list[tuple[Exploration, int | None]]:
        """Return the explorations since the last call, each with its seed."""
        taken, self._explorations = self._explorations, []
        return taken

    def properties_of(
        self, taken: list[tuple[Exploration, int | None]]
    ) -> list[tuple[str, object]]:
        """Return what explorations have shown, for the test's report."""
        if not taken:
            return []
        verdicts = {exploration.verdict for exploration, _ in taken}
        worst = next(verdict for verdict in _WORST_FIRST if verdict in verdicts)
        properties: list[tuple[str, object]] = [
            ("harness.verdict", worst),
            ("harness.executions", sum(exploration.executions for exploration, _ in taken)),
        ]
        if self.fails_without_gil:
            properties.append((WITHOUT_GIL, "violated"))
        seeds = [seed for _, seed in taken if seed is not None]
        return [*properties, ("harness.seed", seeds[-1])] if seeds else properties

    # A test may explore several bodies, and a Hypothesis test many; a token was made for one. So a
    # replay that diverges is passed over, and the test fails at its end if none has fitted.

    def begin_test(self) -> None:
        """Forget the replays of the last test, and whether the GIL let it pass."""
        self.was_asked = False
        self.fails_without_gil = False
        self._token_fitted = False
        self._divergence = None

    def note_replay(self, divergence: Exception | None) -> None:
        """Take note of a replay that fitted, or of the error that says why not."""
        if divergence is None:
            self._token_fitted = True
        elif self._divergence is None:
            self._divergence = divergence.with_traceback(None)

    @property
    def divergence(self) -> Exception | None:
        """Return why the token fits nothing; `None` if it fits, or there was none."""
        return None if self._token_fitted else self._divergence


SESSION = pytest.StashKey[Session]()
