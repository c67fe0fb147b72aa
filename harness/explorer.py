"""Explore one body: find out what matters, search, and make a failure minimal."""

from __future__ import annotations

import time
from dataclasses import replace
from types import MappingProxyType

from harness.analysis.minimize import minimize
from harness.contention import Contention
from harness.control.observer import Observer
from harness.control.plan import Plan
from harness.control.protocols import Chooser, Listener
from harness.control.recorder import Recorder
from harness.control.scheduler import running
from harness.execution import Execution, World, pass_usage_errors_on
from harness.exploration import Exploration, Failure, Witness
from harness.interleaving import Interleaving, Switch
from harness.outcome import Location, Outcome, OutOfSteps, Raised, Stuck
from harness.replay_token import token_of
from harness.report.failure_text import headline, report_of
from harness.search.dpor import OptimalSearch
from harness.search.exhaustive import Exhaustive
from harness.search.listing import Listing
from harness.search.nondeterminism import NondeterminismError
from harness.search.round_robin import RoundRobin
from harness.search_options import SearchOptions
from harness.verdict import (
    Evidence,
    about_leftovers,
    about_nondeterminism,
    is_failure,
    verdict_of,
)

_MOST_ENDLESS_EXECUTIONS = 3


class Explorer:
    """Explore one body; what is learned on the way is in the fields."""

    def __init__(self, world: World, options: SearchOptions) -> None:
        self.contention = Contention()
        self._world = world
        self._options = options
        self._search = options.make_search()
        self._recorder = (
            world.recorder(self._search) if isinstance(self._search, Listener) else None
        )
        self._counts: dict[Outcome, int] = {}
        self._witnesses: dict[Outcome, Interleaving] = {}
        self._executions = 0
        self._steps = 0
        self._tasks = 0
        self._endless = 0  # executions that ran out of steps, but not in a fair schedule
        self._deadline = None if options.seconds is None else time.monotonic() + options.seconds
        self._clock = time.monotonic  # the real one: the world has taken the name over
        self._complete = False
        self._failing: Execution | None = None
        self._inconclusive: str = ""

    def explore(self) -> Exploration:
        """Return what many executions of the body have shown."""
        self._discover()
        if not self._inconclusive:
            self._run_search()
        failure = None if self._failing is None else self._minimal(self._failing)
        evidence = self._evidence(failure)
        verdict, reason = verdict_of(evidence, self._world.body, self._world.installation.scope)
        return Exploration(
            failure=failure,
            outcomes=MappingProxyType(
                {
                    outcome: Witness(count, self._witnesses[outcome])
                    for outcome, count in self._counts.items()
                }
            ),
            executions=self._executions,
            complete=self._complete,
            verdict=verdict,
            reason=reason,
            search=self._search.name,
            steps=self._steps,
            contended=len(self.contention.contended),
            leftovers=self._world.leftovers,
        )

    # Steps of an exploration ---------------------------------------------------------------

    def _discover(self) -> None:
        """Find out, in executions that are not counted, what runs and what is contended."""
        empty = Plan(Interleaving())
        self._world.warm_up(empty)
        execution = self._execute(empty, self._world.observer(steps=False))
        pass_usage_errors_on(execution.outcome)
        self._tasks = len(running.tasks)
        if isinstance(execution.outcome, OutOfSteps):  # somebody spins: look at the others, too
            self._execute(RoundRobin(), self._world.observer(steps=False))
        if self._recorder is not None:
            self._recorder.written.begin_with(self.contention.contended)
        if isinstance(execution.outcome, Stuck):
            self._inconclusive = headline(execution.outcome)
        elif self._tasks == 1 and not is_failure(execution.outcome):
            self._inconclusive = (
                "The body started no thread. Start threading.Thread objects inside the body, or, "
                "if a package starts them in C, nothing can be controlled."
            )

    def _run_search(self) -> None:
        while self._executions < self._options.executions and not self._is_late():
            if not self._search.begin():
                self._complete = True
                return
            known = len(self.contention.contended)
            try:
                execution = self._execute_for_search()
            except NondeterminismError as error:
                cause = about_nondeterminism(self._world.leftovers)
                self._inconclusive = f"The body is not deterministic. {error} {cause}"
                return
            self._search.end()
            self._count(execution)
            if len(self.contention.contended) > known:  # more choices matter than were made
                self._search.restart()
            if self._fails(execution):
                self._failing = self._failing or execution
                if self._options.stop_at_failure:
                    return
            elif isinstance(execution.outcome, Stuck):
                self._inconclusive = headline(execution.outcome)
                return
            elif isinstance(execution.outcome, OutOfSteps):
                self._endless += 1
                if self._endless == _MOST_ENDLESS_EXECUTIONS:  # each takes a second or so
                    self._inconclusive = headline(execution.outcome)
                    return
            if not self.contention.found and self._executions == 1:
                self._complete = True  # nobody touches what another one does: no choice matters
                return

    def _execute_for_search(self) -> Execution:
        if self._recorder is not None:
            return self._record(self._recorder)
        observer = None
        if self._search.needs_observer or _is_power_of_two(self._executions):
            observer = self._world.observer(steps=False)
        execution = self._execute(self._search, observer)
        if observer is None and running.met_unknown_site:
            self._execute(Plan(execution.interleaving), self._world.observer(steps=False))
        return execution

    def _forget_executions(self) -> None:
        self._executions = 0
        self._counts.clear()
        self._witnesses.clear()

    def _record(self, recorder: Recorder) -> Execution:
        """Run the body until all that it passes is known; only the last time counts."""
        search = self._search
        while True:
            recorder.begin()
            try:
                execution = self._execute(search, recorder)
            except NondeterminismError:
                if not recorder.written.grown:
                    raise
            if recorder.written.grown:  # what was passed over before makes a difference
                recorder.written.settle()
                self._forget_executions()
                search.restart()
                search.begin()
            elif any(task.daemon for task in running.tasks):
                # What a daemon would do next when the body ends is in no execution, so nothing
                # can be concluded from what it has done: try every choice.
                self._forget_executions()
                self._recorder = None
                self._search = Exhaustive()
                self._search.begin()
                return self._execute_for_search()
            elif running.met_unknown_site:
                search.begin_again()
            else:
                return execution

    def _execute(self, chooser: Chooser, observer: Observer | None) -> Execution:
        if observer is None:
            self.contention.watch_contended()
        else:
            self.contention.watch_all()
        if observer is not None and observer is self._recorder:
            self._recorder.written.hush(self.contention.quiet)
        execution = self._world.execute(chooser, observer)
        self._steps += execution.steps
        if observer is not None and not observer.keeps_steps:
            self.contention.learn(observer)
        return execution

    def _count(self, execution: Execution) -> None:
        self._executions += 1
        self._tasks = max(self._tasks, len(running.tasks))
        outcome = execution.outcome
        if outcome not in self._witnesses:
            self._witnesses[outcome] = execution.interleaving
        self._counts[outcome] = self._counts.get(outcome, 0) + 1

    def _fails(self, execution: Execution) -> bool:
        pass_usage_errors_on(execution.outcome)
        if isinstance(execution.outcome, OutOfSteps):
            fair = self._execute(RoundRobin(), None)
            return isinstance(fair.outcome, OutOfSteps)
        return is_failure(execution.outcome)

    def _is_late(self) -> bool:
        return (
            self._deadline is not None
            and self._executions > 0
            and (self._clock() >= self._deadline)
        )

    # What came of it -----------------------------------------------------------------------

    def _minimal(self, failing: Execution) -> Failure | None:
        wanted = _kind_of(failing.outcome)

        def fails(interleaving: Interleaving) -> Interleaving | None:
            execution = self._execute(Plan(interleaving), None)
            return execution.interleaving if _kind_of(execution.outcome) == wanted else None

        if self._recorder is not None:  # it has not looked at what is contended
            self._execute(Plan(failing.interleaving), self._world.observer(steps=False))
        budget = self._options.executions_to_minimize
        minimized = minimize(failing.interleaving, fails, self._candidates, budget)
        observer = self._world.observer(steps=True)
        shown = self._execute(Plan(minimized.interleaving), observer)
        if _kind_of(shown.outcome) != wanted:
            self._inconclusive = (
                f"An execution failed ({headline(failing.outcome)}), but the same interleaving, "
                f"{str(failing.interleaving) or 'the empty one'}, did not fail again. "
                f"{about_nondeterminism(self._world.leftovers)}"
            )
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
        report = report_of(outcome, shown.interleaving, shown.trace, token, smaller)
        report = "\n".join(filter(None, [report, about_leftovers(self._world.leftovers)]))
        return Failure(outcome, shown.interleaving, token, shown.trace, report, smaller)

    def _candidates(self, interleaving: Interleaving) -> list[Switch]:
        """Return the switches that can be added after the last one of `interleaving`."""
        listing = Listing(Plan(interleaving), len(interleaving))
        self._execute(listing, None)
        return listing.switches

    def _evidence(self, failure: Failure | None) -> Evidence:
        return Evidence(
            failure=failure,
            outcomes=self._counts.keys(),
            executions=self._executions,
            complete=self._complete,
            contended=self.contention.found,
            preemptions=self._options.preemptions,
            search=self._search.name,
            estimate=(
                self._search.estimate()
                if isinstance(self._search, OptimalSearch | Exhaustive)
                else None
            ),
            inconclusive=self._inconclusive,
            leftovers=self._world.leftovers,
        )


def _is_power_of_two(number: int) -> bool:
    """Say when to look again at what is contended: often at first, then ever less."""
    return number & (number - 1) == 0


def _kind_of(outcome: Outcome) -> tuple[type, type | None, Location | None]:
    """Return what two failures must have in common to be the same."""
    if isinstance(outcome, Raised):
        return Raised, type(outcome.exception), outcome.location
    return type(outcome), None, None
