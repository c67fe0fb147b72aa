"""What the fixture and the marker do: explore, or replay, with the project's options.

This module loads the engine, so others import it when a test needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from harness.arguments import CarrierName, ModelName, SearchName
from harness.effort import is_in_a_hypothesis_test
from harness.errors import ReplayDivergenceError
from harness.execution import Execution
from harness.exploration import Exploration, Failure, Verdict
from harness.exploring import explore_to_raise, failure_without_gil, raise_for, replay
from harness.outcome import Returned, Stuck
from harness.plugin.output import of_the_shown_execution_only
from harness.plugin.session import Session
from harness.report.failure_text import headline, picture_of, story_of

_OF_REPLAY = ("model", "instrument", "max_steps", "carrier")


class Interleave:
    """Explore bodies with the project's options, like `harness.check`.

    Args:
        session: knows the options; an argument of a call goes first.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __repr__(self) -> str:
        return "interleave"  # Hypothesis shows the arguments of a failing test

    def __call__(
        self,
        body: Callable[[], Any],
        *,
        search: SearchName | None = None,
        executions: int | None = None,
        seconds: float | None = None,
        preemptions: int | None = None,
        model: ModelName | None = None,
        instrument: Sequence[str] | None = None,
        seed: int | None = None,
        stop_at_failure: bool | None = None,
        max_steps: int | None = None,
        max_delay: float | None = None,
        executions_to_minimize: int | None = None,
        carrier: CarrierName | None = None,
        replay: str | None = None,
    ) -> Exploration:
        """Explore `body`, and raise what broke it: the user's own exception, with the interleaving.

        The arguments are those of `harness.explore`. One that is left out, or None, is as the
        project has it.

        Args:
            body: a callable without arguments that starts threads, joins them and asserts.
            search: who chooses the interleavings.
            executions: the most executions.
            seconds: the most seconds.
            preemptions: the most preemptions of an execution in an exhaustive search.
            model: where a switch is allowed.
            instrument: names of installed packages that get switch points, too.
            seed: decides all random choices.
            stop_at_failure: whether to stop at the first failure, or to collect all outcomes.
            max_steps: the most switch points of one execution.
            max_delay: the virtual seconds for which no thread is held up that could go on.
            executions_to_minimize: the most executions to make a failure minimal.
            carrier: what the threads run on.
            replay: the token of a failure; it is run again instead of exploring.

        Raises:
            BaseException: what a task raised, the user's own object.
            DeadlockError: when every live task waits.
            OutOfStepsError: when the body does not end although every task gets its turns.
            InconclusiveError: when nothing was learned.
            UsageError: for an argument that the harness cannot use.
        """
        __tracebackhide__ = True
        self._session.was_asked = True
        options = self._session.options.merged(
            {
                "search": search,
                "executions": executions,
                "seconds": seconds,
                "preemptions": preemptions,
                "model": model,
                "instrument": instrument,
                "seed": seed,
                "stop_at_failure": stop_at_failure,
                "max_steps": max_steps,
                "max_delay": max_delay,
                "executions_to_minimize": executions_to_minimize,
                "carrier": carrier,
                "replay": replay,
            }
        )
        token = options.pop("replay", None)
        if token is not None:
            return self._replay(body, token, options)
        progress = self._session.progress
        try:
            with of_the_shown_execution_only(self._session.config):
                exploration = explore_to_raise(body, progress=progress.show, **options)
        finally:
            progress.wipe_out()
        self._session.note_exploration(exploration, options.get("seed", 0))
        if exploration.is_sequential:
            _reject_example()  # as assume() would: an example of one thread is no failure
        raise_for(exploration)
        if options.get("model") == "gil" and not self._session.fails_without_gil:
            self._session.note_failure_without_gil(failure_without_gil(body, **options))
        return exploration

    def _replay(self, body: Callable[[], Any], token: str, options: dict[str, Any]) -> Exploration:
        __tracebackhide__ = True
        used = {name: options[name] for name in _OF_REPLAY if name in options}
        try:
            with of_the_shown_execution_only(self._session.config):
                execution = replay(body, token, **used)
        except ReplayDivergenceError as error:
            self._session.note_replay(error)
            _reject_example()
            return _diverged(error)
        self._session.note_replay(None)
        exploration = _as_exploration(execution, token)
        self._session.note_exploration(exploration, None)
        raise_for(exploration)
        return exploration


def _as_exploration(execution: Execution, token: str) -> Exploration:
    outcome, interleaving = execution.outcome, execution.interleaving
    failure = None
    verdict: Verdict = "no failure found"
    if isinstance(outcome, Stuck):
        verdict = "inconclusive"
    elif not isinstance(outcome, Returned):
        verdict = "violated"
        failure = Failure(
            outcome,
            interleaving,
            token,
            execution.trace,
            story=story_of(outcome, execution.trace),
            picture=picture_of(interleaving, execution.trace, "Replayed from its token"),
        )
    return Exploration(
        failure=failure,
        executions=1,
        complete=False,
        verdict=verdict,
        reason=(
            f"The replay of {token!r} returned."
            if isinstance(outcome, Returned)
            else headline(outcome)
        ),
        search="replay",
        steps=execution.steps,
    )


def _diverged(error: ReplayDivergenceError) -> Exploration:
    return Exploration(
        failure=None,
        executions=1,
        complete=False,
        verdict="inconclusive",
        reason=str(error),
        search="replay",
    )


def _reject_example() -> None:
    """Let Hypothesis look for another example."""
    if is_in_a_hypothesis_test():
        sys.modules["hypothesis"].reject()
