"""Make a failing execution minimal, run it on OS threads, too, and say all there is to say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from harness.analysis.commute import stretches
from harness.analysis.minimize import minimize
from harness.control.observing.observer import Observer
from harness.control.scheduling.plan import Plan
from harness.control.scheduling.protocols import Chooser
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.spinning import points_before_a_look
from harness.control.scheduling.task import NEVER
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
# A try that goes on for longer than this would seldom fail in the same way.
_TIMES_AS_LONG = 10
_STEPS_LONGER = 5_000
_LEAST_TASKS = 8  # for which spinning is noticed at the same points whether it is cut or not


def most_steps_to_try(steps: int) -> int:
    """Return after how many switch points to cut off what should fail like one of `steps`."""
    return _TIMES_AS_LONG * steps + _STEPS_LONGER


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
        self._most_steps_of_a_try = NEVER
        self._tries = self._steps = 0  # how many there were, and their switch points together
        self._shortest_cut = NEVER  # the fewest switches of a try that was cut off

    def of(self, failing: Execution) -> Failure | None:
        """Return the failure; `None` if it did not happen again."""
        wanted = kind_of(failing.outcome)
        others: list[Execution] = []

        def fails(interleaving: Interleaving) -> Interleaving | None:
            execution = self._try(Plan(interleaving), None)
            if self._was_cut(execution):
                self._shortest_cut = min(self._shortest_cut, len(execution.interleaving))
                return None
            if kind_of(execution.outcome) == wanted:
                return execution.interleaving
            if is_failure(execution.outcome):
                others.append(execution)
            return None

        self._begin(failing)
        try:
            minimized = minimize(
                failing.interleaving,
                fails,
                self._candidates,
                self._options.executions_to_minimize,
                self._reordered,
                self._affordable,
            )
        finally:
            self._world.cut_at = NEVER
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
                if minimized.proven and self._shortest_cut >= len(shown.interleaving)
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

    def _begin(self, failing: Execution) -> None:
        """Cut tries off that are far longer than `failing`, unless it has no end itself."""
        self._tries, self._steps = 1, failing.steps
        self._shortest_cut = self._most_steps_of_a_try = NEVER
        most = most_steps_to_try(failing.steps)
        # When few steps are left, the tasks are looked at more often, and spin sooner.
        tasks = max(_LEAST_TASKS, len(running.tasks))
        cut_at = most + tasks * points_before_a_look(self._world.max_steps)
        if not isinstance(failing.outcome, OutOfSteps) and cut_at < self._world.max_steps:
            self._most_steps_of_a_try, self._world.cut_at = most, cut_at

    def _try(self, chooser: Chooser, observer: Observer | None) -> Execution:
        execution = self._execute(chooser, observer)
        self._tries += 1
        self._steps += execution.steps
        return execution

    def _was_cut(self, execution: Execution) -> bool:
        """Say whether it is not known how it ends, or would be too late to know."""
        return execution.steps > self._most_steps_of_a_try

    def _affordable(self) -> int:
        """Return how many more executions there may be if they are as long as those so far."""
        if self._world.stuck_in is not None:  # each may take as long as the watchdog is patient
            return 0
        return max(_MOST_STEPS - self._steps, 0) // max(self._steps // self._tries, 1)

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
        if self._was_cut(self._try(listing, None)):
            self._shortest_cut = min(self._shortest_cut, len(interleaving) + 1)
        return listing.switches

    def _reordered(self, interleaving: Interleaving) -> Iterator[Interleaving]:
        """Yield interleavings that do the same with each task in longer stretches."""
        observer = self._world.observer(order=True)
        self._try(Plan(interleaving), observer)
        assert observer.order is not None
        events = observer.order.events
        if len(events) > _MOST_EVENTS_TO_REORDER:
            return
        for longest in (True, False):
            again = self._world.observer(order=True)
            chooser = Following(stretches(events, longest=longest), again)
            yield self._try(chooser, again).interleaving
