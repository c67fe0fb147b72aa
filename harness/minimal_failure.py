"""Make a failing execution minimal, run it on OS threads, too, and say all there is to say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from harness.analysis.commute import stretches
from harness.analysis.minimize import minimize
from harness.control.observer import Observer
from harness.control.plan import Plan
from harness.control.protocols import Chooser
from harness.effort import Effort
from harness.execution import Execution, World
from harness.exploration import Failure
from harness.interleaving import Interleaving, Switch
from harness.outcome import OutOfSteps, kind_of
from harness.replay_token import token_of
from harness.report.failure_text import headline, picture_of, story_of
from harness.search.following import Following
from harness.search.listing import Listing
from harness.search_options import SearchOptions
from harness.verdict import about_leftovers, is_failure

_MOST_EVENTS_TO_REORDER = 20_000
_MOST_STEPS = 10_000_000  # switch points of all executions together, a few seconds

Execute = Callable[[Chooser, Observer | None], Execution]
"""Run the body once, asking only where a choice makes a difference."""


class MinimalFailure:
    """Find the smallest execution that fails in the same way as one that is known.

    If a smaller one that is met on the way fails in another way, it takes that one's place.

    Args:
        world: where the body runs.
        options: what the user has chosen; they bound what this may cost.
        execute: runs the body.
    """

    def __init__(self, world: World, options: SearchOptions, execute: Execute) -> None:
        self._world = world
        self._options = options
        self._execute = execute

    def of(self, failing: Execution) -> Failure | None:
        """Return the failure; `None` if it did not happen again."""
        wanted = kind_of(failing.outcome)
        others: list[Execution] = []

        def fails(interleaving: Interleaving) -> Interleaving | None:
            execution = self._execute(Plan(interleaving), None)
            if kind_of(execution.outcome) == wanted:
                return execution.interleaving
            if is_failure(execution.outcome):
                others.append(execution)
            return None

        budget = self._options.executions_to_minimize
        budget = min(budget, _MOST_STEPS // max(failing.steps, 1))
        minimized = minimize(failing.interleaving, fails, self._candidates, budget, self._reordered)
        smallest = min(others, key=lambda one: len(one.interleaving), default=failing)
        if len(smallest.interleaving) < len(minimized.interleaving):
            return self.of(smallest)
        observer = self._world.observer(steps=True)
        shown = self._execute(Plan(minimized.interleaving), observer)
        if kind_of(shown.outcome) != wanted:
            return None
        outcome = shown.outcome
        if isinstance(outcome, OutOfSteps):
            outcome = replace(outcome, fair=True)
        smaller = ""
        if len(shown.interleaving):
            smaller = (
                "No smaller number of switches fails in this way"
                if minimized.proven
                else "No smaller one was found"
            )
        packages = self._world.installation.scope.instrument
        token = token_of(shown.interleaving, observer.places, self._options.model, packages)
        remarks = [about_leftovers(self._world.leftovers), self._disagreement(shown)]
        return Failure(
            outcome,
            shown.interleaving,
            token,
            shown.trace,
            story=story_of(outcome, shown.trace),
            picture=picture_of(shown.interleaving, shown.trace, smaller),
            remarks=tuple(filter(None, remarks)),
            smaller=smaller,
        )

    def _disagreement(self, shown: Execution) -> str:
        """Return what to say if OS threads do something else under the same interleaving."""
        if self._options.effort is Effort.NOTHING or self._options.carrier == "threads":
            return ""
        if self._world.stuck_in is not None:  # it may take as long again
            return ""
        with self._world.on_os_threads():
            execution = self._world.execute(Plan(shown.interleaving))
        if (
            kind_of(execution.outcome) == kind_of(shown.outcome)
            and execution.interleaving == shown.interleaving
        ):
            return ""
        return (
            f"On OS threads it did something else under the same interleaving: "
            f"{headline(execution.outcome)}. Unless something outside differs between two runs, or "
            "C code looks at its thread, this is a bug of the harness: please report it. "
            "carrier='threads' explores on OS threads only."
        )

    def _candidates(self, interleaving: Interleaving) -> list[Switch]:
        """Return the switches that can be added after the last one of `interleaving`."""
        listing = Listing(Plan(interleaving), len(interleaving))
        self._execute(listing, None)
        return listing.switches

    def _reordered(self, interleaving: Interleaving) -> Iterator[Interleaving]:
        """Yield interleavings that do the same with each task in longer stretches."""
        observer = self._world.observer(order=True)
        self._execute(Plan(interleaving), observer)
        assert observer.order is not None
        events = observer.order.events
        if len(events) > _MOST_EVENTS_TO_REORDER:
            return
        for longest in (True, False):
            again = self._world.observer(order=True)
            chooser = Following(stretches(events, longest=longest), again)
            yield self._execute(chooser, again).interleaving
