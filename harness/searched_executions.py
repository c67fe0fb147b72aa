"""Make the executions of a search, count them, and learn from each what matters in the next."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from harness.contention import Contention
from harness.control.observing.observer import Observer
from harness.control.observing.recorder import Recorder
from harness.control.scheduling.plan import Plan
from harness.control.scheduling.protocols import Chooser, HandOverRule, Listener
from harness.control.scheduling.scheduler import running
from harness.execution import Execution, World
from harness.exploration import Witness
from harness.instrument.site import ASKED
from harness.interleaving import Interleaving
from harness.outcome import Outcome, OutOfSteps, Stuck
from harness.search.dpor import OptimalSearch
from harness.search.estimate import Estimate
from harness.search.exhaustive import Exhaustive
from harness.search.nondeterminism import NondeterminismError
from harness.search.protocol import Search
from harness.search.round_robin import OthersFirst, RoundRobin

_EXECUTIONS_BEFORE_LEAN_CODE = 32  # making it takes as long as a hundred executions save


@dataclass(slots=True)
class _Tally:
    """Be how often an outcome came about, and how it did first."""

    count: int
    interleaving: Interleaving


class SearchedExecutions:
    """Be the executions that one exploration makes in one world.

    Args:
        world: where the body runs.
        search: makes the choices.
        counts_all: whether the count is a claim, so that what was made before more choices
            turned out to matter does not belong to it.
    """

    def __init__(self, world: World, search: Search, *, counts_all: bool) -> None:
        self.contention = Contention()
        self.count = 0
        self.steps = 0
        self.steps_alone = 0  # of these, those with nobody else who could have gone on
        self._world = world
        self._counts_all = counts_all
        self._tallies: dict[Outcome, _Tally] = {}
        self.use(search)

    @property
    def outcomes(self) -> MappingProxyType[Outcome, Witness]:
        """Return how the executions ended that the search has made so far."""
        return MappingProxyType(
            {
                outcome: Witness(tally.count, tally.interleaving)
                for outcome, tally in self._tallies.items()
            }
        )

    def use(self, search: Search) -> None:
        """Go on with another search."""
        self.search = search
        self._recorder: Recorder | None = None
        if isinstance(search, Listener):
            self._recorder = self._world.recorder(search)
            self._recorder.written.begin_with(self.contention.contended)
        if search.counts_switches:
            running.asked_at_release = ASKED

    @property
    def orders_by_address(self) -> str:
        """Say where the body does things in the order of addresses, as far as is known."""
        return "" if self._recorder is None else self._recorder.addresses.text()

    @property
    def anything_matters(self) -> bool:
        """Say whether any choice makes a difference, as far as is known."""
        return self.contention.found or running.looks_at_threads

    def what_matters(self) -> tuple[int, int, bool]:
        """Return something that changes when more choices make a difference than before."""
        return (
            len(self.contention.contended),
            running.asked_at_release,
            running.looks_at_threads,
        )

    def estimate(self) -> Estimate | None:
        """Return how much of an exhaustive search is done; `None` for another one."""
        search = self.search
        return search.estimate() if isinstance(search, OptimalSearch | Exhaustive) else None

    def execute(
        self, chooser: Chooser, observer: Observer | None, *, lean: bool = False
    ) -> Execution:
        """Run the body without counting it, asking only where a choice makes a difference.

        Args:
            chooser: makes the choices.
            observer: is told of every operation; what it has seen is learned.
            lean: whether points that nobody is asked at are left out of the count of points.
        """
        if observer is None:
            self.contention.watch_contended()
        else:
            self.contention.watch_all()
        self._world.installation.use_lean_code(lean, self.contention.known)
        if observer is not None and observer is self._recorder:
            self._recorder.written.hush(self.contention.quiet)
        execution = self._world.execute(chooser, observer)
        self.steps += execution.steps
        self.steps_alone += running.steps_alone
        if observer is not None and not observer.keeps_steps:
            self.contention.learn(observer)
        return execution

    def discover(self) -> Execution:
        """Run the body without an interruption and without counting it, to see what matters."""
        observer = self._observer()
        execution = self.execute(Plan(Interleaving()), observer)
        self._let_search_see(observer, execution)
        if isinstance(execution.outcome, OutOfSteps):  # somebody spins: look at the others, too
            self.execute(RoundRobin(), self._world.observer(steps=False))
        elif running.cut_short:  # a daemon may have had no turn
            self.execute(OthersFirst(), self._world.observer(steps=False))
        if self._recorder is not None:
            self._recorder.written.begin_with(self.contention.contended)
        return execution

    def look_at(self, execution: Execution) -> None:
        """Learn from an execution what it touches, unless that is known."""
        if self._recorder is not None:
            self.execute(Plan(execution.interleaving), self._world.observer(steps=False))

    def next(self) -> Execution | None:
        """Run the execution that the search has prepared, and count it.

        Returns:
            The execution, `None` if it does not belong to what is searched.
        """
        search = self.search
        met_unknown_site = False
        observer = None
        if self._recorder is not None:
            execution = self._record(self._recorder)
        elif search.needs_observer or _is_power_of_two(self.count):
            observer = self._observer()
            execution = self.execute(search, observer)
        else:
            lean = (
                self.count >= _EXECUTIONS_BEFORE_LEAN_CODE
                and not search.needs_numbers
                and running.hand_overs is None  # which goes by the numbers, too
            )
            execution = self.execute(search, None, lean=lean)
            met_unknown_site = running.met_unknown_site
            is_known = execution.outcome in self._tallies and not _is_cut_short(execution.outcome)
            if lean and (met_unknown_site or not is_known) and not running.stuck:
                search.begin_again()
                execution = self.execute(search, None)  # with every point counted
        self.search.end()
        if not self.search.has_kept_to_its_bound:
            self.count += 1
            return None
        if running.hand_overs is not None and not running.stuck:
            execution = self._confirmed(execution, running.hand_overs)
        tally = self._tallies.get(execution.outcome)
        self.count += 1
        if tally is None:
            self._tallies[execution.outcome] = _Tally(1, execution.interleaving)
        else:
            tally.count += 1
        if observer is not None:
            self._let_search_see(observer, execution)
        if met_unknown_site and not running.stuck:
            interleaving = Plan(execution.interleaving)
            self.execute(interleaving, self._world.observer(steps=False))
        return execution

    # Inside --------------------------------------------------------------------------------

    def _forget_executions(self) -> None:
        if self._counts_all:
            self.count = 0
            self._tallies.clear()

    def _record(self, recorder: Recorder) -> Execution:
        """Run the body until all that it passes is known; only the last time counts."""
        search = self.search
        while True:
            recorder.begin()
            known = self.contention.known
            try:
                execution = self.execute(search, recorder)
            except NondeterminismError:
                if not recorder.written.grown and not search.needs_every_choice:
                    raise
            if running.stuck:
                return execution
            if recorder.written.grown:  # what was passed over before makes a difference
                recorder.written.settle()
                self._forget_executions()
                search.restart()
                search.begin()
            elif (
                recorder.is_incomplete
                or search.needs_every_choice
                or (recorder.is_unbounded and search.preemptions is not None)
            ):
                # No trace says where a wait in a loop or a timed wait begins, nor who goes on when
                # the end takes a daemon's turn, which is what tells how many preemptions it takes.
                self._forget_executions()
                self.use(Exhaustive(search.preemptions))
                self.search.begin()
                return self.execute(self.search, self._observer())
            elif running.met_unknown_site and self.contention.known > known:
                search.begin_again()
            else:
                return execution

    def _confirmed(self, execution: Execution, rule: HandOverRule) -> Execution:
        """Run an execution again whose switches are known by other points than where they were."""
        if not rule.moved or execution.outcome in self._tallies:
            return execution
        return self.execute(Plan(execution.interleaving), None)

    def _observer(self) -> Observer:
        return self._world.observer(steps=False, conflicts=self.search.wants_conflicts)

    def _let_search_see(self, observer: Observer, execution: Execution) -> None:
        if observer.conflicts is not None:
            self.search.see(observer.conflicts, execution.interleaving)


def _is_cut_short(outcome: Outcome) -> bool:
    """Say whether it ended by the number of its points, which depends on the hooks in the code."""
    return isinstance(outcome, OutOfSteps | Stuck)


def _is_power_of_two(number: int) -> bool:
    """Say when to look again at what is contended: often at first, then ever less."""
    return number & (number - 1) == 0
