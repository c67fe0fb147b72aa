"""Explore one body: find out what matters, search, and make a failure minimal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import MappingProxyType

from harness.contention import Contention
from harness.control.observer import Observer
from harness.control.plan import Plan
from harness.control.protocols import Chooser, HandOverRule, Listener
from harness.control.recorder import Recorder
from harness.control.scheduler import running
from harness.control.task import NEVER
from harness.execution import Execution, World, pass_usage_errors_on
from harness.exploration import Exploration, Failure, Witness
from harness.instrument.site import ASKED
from harness.interleaving import Interleaving
from harness.minimal_failure import MinimalFailure
from harness.outcome import Kind, Outcome, OutOfSteps, Returned, Stuck, kind_of
from harness.report.failure_text import headline
from harness.search.dpor import OptimalSearch
from harness.search.exhaustive import Exhaustive
from harness.search.nondeterminism import NondeterminismError
from harness.search.round_robin import RoundRobin
from harness.search_options import SearchOptions
from harness.verdict import (
    Evidence,
    about_nondeterminism,
    is_failure,
    verdict_of,
)

_MOST_ENDLESS_EXECUTIONS = 3
_EXECUTIONS_BEFORE_LEAN_CODE = 32  # making it takes as long as a hundred executions save


@dataclass(slots=True)
class _Tally:
    """Be how often an outcome came about, and how it did first."""

    count: int
    interleaving: Interleaving


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
        if self._search.counts_switches:
            running.asked_at_release = ASKED
        self._tallies: dict[Outcome, _Tally] = {}
        self._executions = 0
        self._steps = 0
        self._endless = 0  # executions that ran out of steps, but not in a fair schedule
        self._deadline = None if options.seconds is None else time.monotonic() + options.seconds
        self._clock = time.monotonic  # the real one: the world has taken the name over
        self._complete = False
        self._wanted: Kind | None = None  # the only kind of failure that counts
        self._most_steps = NEVER  # of all executions together
        self._failing: Execution | None = None
        self._found_by = ""
        self._inconclusive: str = ""

    def explore(self) -> Exploration:
        """Return what many executions of the body have shown."""
        self._discover()
        began = self._clock()
        if not self._inconclusive:
            self._run_search()
        seconds = self._clock() - began
        failure = None if self._failing is None else self._minimal(self._failing)
        evidence = self._evidence(failure)
        verdict, reason = verdict_of(evidence, self._world.body, self._world.installation.scope)
        return Exploration(
            failure=failure,
            outcomes=self.outcomes,
            executions=self._executions,
            complete=self._complete,
            verdict=verdict,
            reason=reason,
            search=self._search.name,
            found_by=self._found_by,
            steps=self._steps,
            seconds=seconds,
            contended=len(self.contention.contended),
            leftovers=self._world.leftovers,
            unjoined=tuple(self._world.unjoined),
        )

    @property
    def outcomes(self) -> MappingProxyType[Outcome, Witness]:
        """Return how the executions ended that the search has made so far."""
        return MappingProxyType(
            {
                outcome: Witness(tally.count, tally.interleaving)
                for outcome, tally in self._tallies.items()
            }
        )

    @property
    def is_complete(self) -> bool:
        """Say whether the search has covered everything, within its bound."""
        return self._complete

    def finds(self, outcome: Outcome, interleaving: Interleaving, most_steps: int) -> bool:
        """Say whether the body fails in the same way as `outcome`, as far as the search goes.

        Args:
            outcome: how an execution has failed.
            interleaving: what is tried first.
            most_steps: after how many switch points to give up, those of all executions together.
        """
        self._wanted = kind_of(outcome)
        self._most_steps = most_steps
        self._world.warm_up(Plan(Interleaving()))
        if self._fails(self._execute(Plan(interleaving), None)):
            return True
        if not self._is_late():
            self._discover()
        if not self._is_late() and not self._inconclusive:
            self._run_search()
        return self._failing is not None

    # Steps of an exploration ---------------------------------------------------------------

    def _discover(self) -> None:
        """Find out, in executions that are not counted, what runs and what is contended."""
        empty = Plan(Interleaving())
        self._world.warm_up(empty)
        observer = self._observer()
        execution = self._execute(empty, observer)
        self._let_search_see(observer, execution)
        pass_usage_errors_on(execution.outcome)
        tasks = len(running.tasks)
        if isinstance(execution.outcome, OutOfSteps):  # somebody spins: look at the others, too
            self._execute(RoundRobin(), self._world.observer(steps=False))
        if self._recorder is not None:
            self._recorder.written.begin_with(self.contention.contended)
        if isinstance(execution.outcome, Stuck):
            self._inconclusive = headline(execution.outcome)
        elif tasks == 1 and not is_failure(execution.outcome):
            self._inconclusive = (
                "The body started no thread. Start threading.Thread objects inside the body, or, "
                "if a package starts them in C, nothing can be controlled."
            )

    def _run_search(self) -> None:
        while self._executions < self._options.executions and not self._is_late():
            if not self._search.begin():
                self._complete = True
                return
            known = self._what_matters()
            try:
                execution = self._execute_next()
            except NondeterminismError as error:
                cause = about_nondeterminism(self._world.leftovers)
                self._inconclusive = f"The body is not deterministic. {error} {cause}"
                return
            if self._what_matters() != known:  # more choices matter than were made
                self._search.restart()
            if type(execution.outcome) is not Returned and self._ends_the_search(execution):
                return
            if self._executions == 1 and not self._anything_matters:
                self._complete = True  # nobody touches what another one does: no choice matters
                return

    def _execute_next(self) -> Execution:
        """Run the execution that the search has prepared, and count it."""
        search = self._search
        met_unknown_site = False
        observer = None
        if self._recorder is not None:
            execution = self._record(self._recorder)
        elif search.needs_observer or _is_power_of_two(self._executions):
            observer = self._observer()
            execution = self._execute(search, observer)
        else:
            lean = (
                self._executions >= _EXECUTIONS_BEFORE_LEAN_CODE
                and not search.needs_numbers
                and running.hand_overs is None  # which goes by the numbers, too
            )
            execution = self._execute(search, None, lean=lean)
            met_unknown_site = running.met_unknown_site
            is_known = execution.outcome in self._tallies and not _is_cut_short(execution.outcome)
            if lean and (met_unknown_site or not is_known):
                search.begin_again()
                execution = self._execute(search, None)  # with every point counted
        self._search.end()
        if running.hand_overs is not None:
            execution = self._confirmed(execution, running.hand_overs)
        tally = self._tallies.get(execution.outcome)
        self._executions += 1
        if tally is None:
            self._tallies[execution.outcome] = _Tally(1, execution.interleaving)
        else:
            tally.count += 1
        if observer is not None:
            self._let_search_see(observer, execution)
        if met_unknown_site:
            interleaving = Plan(execution.interleaving)
            self._execute(interleaving, self._world.observer(steps=False))
        return execution

    def _forget_executions(self) -> None:
        self._executions = 0
        self._tallies.clear()

    def _record(self, recorder: Recorder) -> Execution:
        """Run the body until all that it passes is known; only the last time counts."""
        search = self._search
        while True:
            recorder.begin()
            known = self.contention.known
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
                return self._execute(self._search, self._observer())
            elif running.met_unknown_site and self.contention.known > known:
                search.begin_again()
            else:
                return execution

    def _ends_the_search(self, execution: Execution) -> bool:
        if self._fails(execution):
            if self._failing is None:
                self._failing, self._found_by = execution, self._search.part
            return self._options.stop_at_failure
        if isinstance(execution.outcome, OutOfSteps):
            self._endless += 1
        if isinstance(execution.outcome, Stuck) or self._endless == _MOST_ENDLESS_EXECUTIONS:
            self._inconclusive = headline(execution.outcome)  # an endless one takes a second or so
        return bool(self._inconclusive)

    @property
    def _anything_matters(self) -> bool:
        return self.contention.found or running.looks_at_threads

    def _what_matters(self) -> tuple[int, int, bool]:
        return (
            len(self.contention.contended),
            running.asked_at_release,
            running.looks_at_threads,
        )

    def _execute(
        self, chooser: Chooser, observer: Observer | None, *, lean: bool = False
    ) -> Execution:
        if observer is None:
            self.contention.watch_contended()
        else:
            self.contention.watch_all()
        self._world.installation.use_lean_code(lean)
        if observer is not None and observer is self._recorder:
            self._recorder.written.hush(self.contention.quiet)
        execution = self._world.execute(chooser, observer)
        self._steps += execution.steps
        if observer is not None and not observer.keeps_steps:
            self.contention.learn(observer)
        return execution

    def _confirmed(self, execution: Execution, rule: HandOverRule) -> Execution:
        """Run an execution again whose switches are known by other points than where they were."""
        if not rule.moved or execution.outcome in self._tallies:
            return execution
        return self._execute(Plan(execution.interleaving), None)

    def _observer(self) -> Observer:
        return self._world.observer(steps=False, conflicts=self._search.wants_conflicts)

    def _let_search_see(self, observer: Observer, execution: Execution) -> None:
        if observer.conflicts is not None:
            self._search.see(observer.conflicts, execution.interleaving)

    def _fails(self, execution: Execution) -> bool:
        pass_usage_errors_on(execution.outcome)
        if self._wanted is not None and kind_of(execution.outcome) != self._wanted:
            return False
        if isinstance(execution.outcome, OutOfSteps):
            fair = self._execute(RoundRobin(), None)
            return isinstance(fair.outcome, OutOfSteps)
        return is_failure(execution.outcome)

    def _is_late(self) -> bool:
        return self._steps > self._most_steps or (
            self._deadline is not None
            and self._executions > 0
            and (self._clock() >= self._deadline)
        )

    # What came of it -----------------------------------------------------------------------

    def _minimal(self, failing: Execution) -> Failure | None:
        running.asked_at_release = ASKED  # the number of switches counts
        if self._recorder is not None:  # it has not looked at what is contended
            self._execute(Plan(failing.interleaving), self._world.observer(steps=False))
        failure = MinimalFailure(self._world, self._options, self._execute).of(failing)
        if failure is None:
            self._inconclusive = (
                f"An execution failed ({headline(failing.outcome)}), but the same interleaving, "
                f"{str(failing.interleaving) or 'the empty one'}, did not fail again. "
                f"{about_nondeterminism(self._world.leftovers)}"
            )
        return failure

    def _evidence(self, failure: Failure | None) -> Evidence:
        return Evidence(
            failure=failure,
            outcomes=self._tallies.keys(),
            executions=self._executions,
            complete=self._complete,
            contended=self._anything_matters,
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


def _is_cut_short(outcome: Outcome) -> bool:
    """Say whether it ended by the number of its points, which depends on the hooks in the code."""
    return isinstance(outcome, OutOfSteps | Stuck)


def _is_power_of_two(number: int) -> bool:
    """Say when to look again at what is contended: often at first, then ever less."""
    return number & (number - 1) == 0
