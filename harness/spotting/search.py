"""Find the outcomes of a script that is small enough to be run many times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.analysis.minimize import minimize
from harness.contention import Contention
from harness.control.observing.lockset_observer import LocksetObserver
from harness.control.scheduling.plan import Plan
from harness.exploration import Exploration, Witness
from harness.explorer import Explorer
from harness.interleaving import Interleaving, Switch
from harness.outcome import Outcome, OutOfSteps, Returned
from harness.replay_token import token_of
from harness.search.listing import Listing
from harness.search.round_robin import RoundRobin
from harness.search_options import SearchOptions
from harness.spotting.options import SpotOptions
from harness.spotting.outcome import ScriptOutcome
from harness.spotting.progress import Progress
from harness.spotting.result import Finding, Spotted
from harness.spotting.status import RefusedError, Status
from harness.spotting.world import ScriptWorld

# All budgets count switch points, so that they end at the same place on every machine.
_STEPS_TO_SEARCH = 5_000_000
_STEPS_TO_MINIMIZE = 500_000
_MOST_RUNS_TO_MINIMIZE = 300
_MOST_OUTCOMES_TO_MINIMIZE = 8
_FEW_STEPS = 300  # of an execution: an exhaustive search within a bound is worth trying
_TURNS = (1, 3, 7, 20)  # switch points
_BOUND = 2  # preemptions
_EXECUTIONS_WITHIN_THE_BOUND = 3_000


class OutcomeSearch:
    """Search one script for different outcomes, and make each interleaving small.

    Args:
        world: the script's world, warm.
        steps: the number of switch points of one execution.
        options: what the user has chosen.
        progress: is told what is done.
        spotted: gets what is found.
    """

    def __init__(
        self,
        world: ScriptWorld,
        steps: int,
        options: SpotOptions,
        progress: Progress,
        spotted: Spotted,
    ) -> None:
        self._world = world
        self._steps = max(steps, 1)
        self._options = options
        self._progress = progress
        self._spotted = spotted
        self._explorer: Explorer | None = None

    def run(self) -> None:
        """Search; what is known is noted also when an exception passes through."""
        exploration = self._explore("auto", self._options.executions, None)
        if not exploration.complete and not self._spotted.depends and self._steps <= _FEW_STEPS:
            remark = self._spotted.remark
            exploration = self._explore("exhaustive", _EXECUTIONS_WITHIN_THE_BOUND, _BOUND)
            if not exploration.complete:
                self._spotted.remark = remark  # that it was too large is nobody's concern
        if exploration.complete:
            bound = "" if exploration.search == "auto" else f" with at most {_BOUND} preemptions"
            self._spotted.covered = f"every interleaving{bound}"
        self._minimize_all()

    def _explore(self, search: str, executions: int, preemptions: int | None) -> Exploration:
        self._progress.begin("searching")
        budget = min(executions, max(_STEPS_TO_SEARCH // self._steps, 10))
        options = SearchOptions.checked(
            search=search,
            executions=budget,
            seconds=self._options.seconds,
            preemptions=preemptions,
            model=self._options.model,
            seed=self._options.seed,
            stop_at_failure=False,
        )
        if self._explorer is not None:
            self._explorer.contention.forget()
        before = {one.outcome: one for one in self._spotted.findings}
        self._explorer = Explorer(self._world, options)
        self._look_ahead(self._explorer.contention)
        try:
            exploration = self._explorer.explore()
        finally:
            self._note(self._explorer.outcomes, before)
        if exploration.divergence:
            raise _nondeterministic(exploration.divergence)
        if exploration.verdict == "inconclusive" and not self._spotted.findings:
            raise RefusedError(Status.NO_END, "does not end", exploration.reason)
        self._spotted.remark = self._remark_on(exploration)
        return exploration

    def _remark_on(self, exploration: Exploration) -> str:
        if exploration.verdict != "inconclusive" or self._spotted.endless:
            return ""
        if exploration.contended or self._spotted.depends:
            return exploration.reason
        return (
            "No two threads touch the same thing where the harness can see it, so no interleaving "
            "can make a difference. If an installed package holds what they share, name it: "
            "--instrument PACKAGE."
        )

    def _look_ahead(self, contention: Contention) -> None:
        """Let everybody have short turns, to see what tasks touch at a time before the search."""
        for turn in _TURNS:
            contention.watch_all()
            observer = self._world.observer(steps=False)
            self._world.execute(RoundRobin(turn), observer)
            contention.learn(observer)

    def _note(
        self, outcomes: Mapping[Outcome, Witness], before: dict[ScriptOutcome, Finding]
    ) -> None:
        found = dict(before)
        for outcome, witness in outcomes.items():
            self._spotted.executions += witness.count
            if isinstance(outcome, OutOfSteps):
                self._spotted.endless = True
            elif isinstance(outcome, Returned) and isinstance(outcome.value, ScriptOutcome):
                known = found.get(outcome.value)
                count = witness.count + (known.count if known else 0)
                interleaving = known.interleaving if known else witness.interleaving
                found[outcome.value] = Finding(outcome.value, count, interleaving)
        self._spotted.findings = sorted(found.values(), key=lambda one: len(one.interleaving))

    # Make each interleaving small ----------------------------------------------------------

    def _minimize_all(self) -> None:
        assert self._explorer is not None
        self._progress.begin("making the interleavings small")
        findings = self._spotted.findings
        for position, finding in enumerate(findings[:_MOST_OUTCOMES_TO_MINIMIZE]):
            if len(finding.interleaving):
                finding = self._minimal(finding)  # noqa: PLW2901  the same, but smaller
            findings[position] = self._with_token(finding)
        findings.sort(key=lambda one: (not one.token, len(one.interleaving)))
        if self._spotted.depends:
            self._show(findings[1])

    def _minimal(self, finding: Finding) -> Finding:
        def fails(interleaving: Interleaving) -> Interleaving | None:
            outcome, reached = self._run(Plan(interleaving))
            return reached if outcome == finding.outcome else None

        budget = min(_MOST_RUNS_TO_MINIMIZE, max(_STEPS_TO_MINIMIZE // self._steps, 1))
        minimized = minimize(finding.interleaving, fails, self._candidates, budget)
        return Finding(finding.outcome, finding.count, minimized.interleaving)

    def _run(self, chooser: Plan | Listing) -> tuple[object, Interleaving]:
        assert self._explorer is not None
        self._explorer.contention.watch_contended()
        execution = self._world.execute(chooser)
        outcome = execution.outcome
        return outcome.value if isinstance(outcome, Returned) else outcome, execution.interleaving

    def _candidates(self, interleaving: Interleaving) -> Sequence[Switch]:
        listing = Listing(Plan(interleaving), len(interleaving))
        self._run(listing)
        return listing.switches

    def _with_token(self, finding: Finding) -> Finding:
        assert self._explorer is not None
        observer = self._world.observer(steps=False)
        self._explorer.contention.watch_all()
        execution = self._world.execute(Plan(finding.interleaving), observer)
        if (
            not isinstance(execution.outcome, Returned)
            or execution.outcome.value != finding.outcome
        ):
            raise _nondeterministic(
                f"Under one and the same interleaving, "
                f"{str(finding.interleaving) or 'the empty one'}, it first {finding.outcome}, and "
                f"then {getattr(execution.outcome, 'value', execution.outcome)}."
            )
        packages = self._world.installation.scope.instrument
        token = token_of(execution.interleaving, observer.places, self._options.model, packages)
        return Finding(finding.outcome, finding.count, execution.interleaving, token)

    def _show(self, finding: Finding) -> None:
        assert self._explorer is not None
        self._explorer.contention.watch_all()
        observer = self._world.observer(steps=True)
        execution = self._world.execute(Plan(finding.interleaving), observer)
        self._spotted.trace = execution.trace
        self._spotted.shown = finding
        self._spotted.standing = self._world.standing
        locks = LocksetObserver(self._world.installation.scope)
        self._world.execute(Plan(finding.interleaving), locks)
        self._spotted.correct(locks.protections())

    def forget(self) -> None:
        """Leave every site of the code as it was."""
        if self._explorer is not None:
            self._explorer.contention.forget()


def _nondeterministic(why: str) -> RefusedError:
    return RefusedError(
        Status.NOT_DETERMINISTIC,
        "does something else also under the same interleaving",
        f"{why} Something that the harness does not control differs between two runs: a file that "
        "it writes, the date, a random source in C code, the order of a set.",
    )
