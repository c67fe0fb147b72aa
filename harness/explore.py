"""Run a body under many interleavings: `explore`, `check` and `replay`."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType, ModuleType
from typing import Any

from harness.analysis.minimize import minimize
from harness.contention import Contention
from harness.control.observer import Observer
from harness.control.plan import Plan
from harness.control.scheduler import Chooser, running
from harness.errors import InconclusiveError, UsageError
from harness.execution import Body, Execution, World, pass_usage_errors_on
from harness.exploration import Exploration, Failure, Verdict, Witness
from harness.instrument.scope import CodeScope
from harness.interleaving import Interleaving, Switch
from harness.outcome import Deadlocked, Location, Outcome, OutOfSteps, Raised, Returned, Stuck
from harness.replay_token import check_token, parse_token, token_of
from harness.report.failure_text import error_of, headline, report_of
from harness.search.exhaustive import Exhaustive, NondeterminismError
from harness.search.pct import Pct
from harness.search.portfolio import Portfolio
from harness.search.protocol import Search
from harness.search.random_walk import RandomWalk
from harness.search.round_robin import RoundRobin

EXECUTIONS = 1_000
EXECUTIONS_IN_A_HYPOTHESIS_TEST = 100
_EXECUTIONS_TO_MINIMIZE = 1_000
_EXECUTIONS_TO_MINIMIZE_IN_A_HYPOTHESIS_TEST = 30  # Hypothesis asks for many failures in a row
_MOST_ENDLESS_EXECUTIONS = 3
_SEARCHES = ("auto", "random", "pct", "exhaustive")
_LATER_SEARCHES = ("pos", "surw")
_MOST_PACKAGES_TO_NAME = 8


def explore(
    body: Body,
    *,
    search: str = "auto",
    executions: int | None = None,
    seconds: float | None = None,
    preemptions: int | None = None,
    model: str = "free-threaded",
    instrument: Sequence[str] = (),
    seed: int = 0,
    stop_at_failure: bool = True,
    max_steps: int = 1_000_000,
    executor: Any = None,
) -> Exploration:
    """Run `body` under many interleavings, and never raise for what the body does.

    Args:
        body: a callable without arguments that starts threads, joins them and asserts.
        search: who makes the choices: `"auto"` (the empty interleaving, all with one switch, then
            PCT), `"random"`, `"pct"`, or `"exhaustive"`.
        executions: the most executions; 1,000 if left out, 100 inside a Hypothesis test.
        seconds: the most seconds, looked at after each execution; no limit if left out.
        preemptions: the most preemptions of an execution in an exhaustive search.
        model: where a switch is allowed, `"free-threaded"`: everywhere.
        instrument: names of installed packages that get switch points, too.
        seed: decides all random choices.
        stop_at_failure: whether to stop at the first failure, or to collect all outcomes.
        max_steps: the most switch points of one execution.
        executor: runs parts of the search elsewhere, in a later version.

    Raises:
        UsageError: for an argument that the harness cannot use.
    """
    options = _Options(
        search=search,
        executions=_checked_executions(executions),
        seconds=_checked_seconds(seconds),
        preemptions=_checked_preemptions(preemptions, search),
        model=model,
        instrument=instrument,
        seed=_checked_seed(seed),
        stop_at_failure=stop_at_failure,
        max_steps=max_steps,
    )
    if executor is not None:
        raise UsageError(f"executor={executor!r} comes in a later version. Leave it out.")
    _make_search(options)  # complains about an unknown name before anything runs
    with World(body, model=model, instrument=instrument, max_steps=max_steps) as world:
        explorer = _Explorer(world, options)
        try:
            return explorer.explore()
        finally:
            explorer.contention.forget()


def check(
    body: Body,
    *,
    search: str = "auto",
    executions: int | None = None,
    seconds: float | None = None,
    preemptions: int | None = None,
    model: str = "free-threaded",
    instrument: Sequence[str] = (),
    seed: int = 0,
    stop_at_failure: bool = True,
    max_steps: int = 1_000_000,
    executor: Any = None,
) -> Exploration:
    """Explore `body`, and raise what broke it: the user's own exception, with the interleaving.

    The arguments are those of `explore`.

    Raises:
        BaseException: what a task raised, the user's own object, with the report as a note.
        DeadlockError: when every live task waits.
        OutOfStepsError: when the body does not end although every task gets its turns.
        InconclusiveError: when nothing was learned.
        UsageError: for an argument that the harness cannot use.
    """
    __tracebackhide__ = True
    exploration = explore(
        body,
        search=search,
        executions=executions,
        seconds=seconds,
        preemptions=preemptions,
        model=model,
        instrument=instrument,
        seed=seed,
        stop_at_failure=stop_at_failure,
        max_steps=max_steps,
        executor=executor,
    )
    raise_for(exploration)
    return exploration


def replay(
    body: Body,
    token: str,
    *,
    model: str = "free-threaded",
    instrument: Sequence[str] = (),
    max_steps: int = 1_000_000,
) -> Execution:
    """Run `body` under the interleaving of `token`, strictly.

    Args:
        body: the body that the token was made for.
        token: `Failure.token`, from the report.
        model: the model that it was made for.
        instrument: the packages that had switch points then.
        max_steps: the most switch points of the execution.

    Raises:
        ReplayDivergenceError: naming the first switch that no longer fits.
        UsageError: for an argument that the harness cannot use.
    """
    interleaving, _ = parse_token(token)
    with World(body, model=model, instrument=instrument, max_steps=max_steps) as world:
        world.warm_up(Plan(interleaving))
        observer = world.observer(steps=True)
        execution = world.execute(Plan(interleaving), observer)
        pass_usage_errors_on(execution.outcome)
        places, packages = observer.places, world.installation.scope.instrument
        check_token(token, execution.interleaving, places, model, packages)
        return execution


def raise_for(exploration: Exploration) -> None:
    """Raise what an exploration found, or that it learned nothing."""
    __tracebackhide__ = True
    failure = exploration.failure
    if failure is not None:
        error = error_of(failure.outcome)
        error.add_note(failure.report)
        error.__dict__["harness_failure"] = failure
        raise error
    if exploration.verdict == "inconclusive":
        raise InconclusiveError(exploration.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    search: str
    executions: int
    seconds: float | None
    preemptions: int | None
    model: str
    instrument: Sequence[str]
    seed: int
    stop_at_failure: bool
    max_steps: int


class _Explorer:
    """Explore one body; what is learned on the way is in the fields."""

    def __init__(self, world: World, options: _Options) -> None:
        self.contention = Contention()
        self._world = world
        self._options = options
        self._search = _make_search(options)
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
        self._discover()
        if not self._inconclusive:
            self._run_search()
        failure = None if self._failing is None else self._minimal(self._failing)
        verdict, reason = self._verdict(failure)
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
        if isinstance(execution.outcome, Stuck):
            self._inconclusive = headline(execution.outcome)
        elif self._tasks == 1 and not _is_failure(execution.outcome):
            self._inconclusive = (
                "The body started no thread. Start threading.Thread objects inside the body, or, "
                "if a package starts them in C, nothing can be controlled."
            )

    def _run_search(self) -> None:
        search = self._search
        while self._executions < self._options.executions and not self._is_late():
            if not search.begin():
                self._complete = True
                return
            observer = self._world.observer(steps=False) if search.needs_observer else None
            try:
                execution = self._execute(search, observer)
            except NondeterminismError as error:
                self._inconclusive = (
                    f"The body is not deterministic. {error} {self._nondeterminism()}"
                )
                return
            search.end()
            self._count(execution)
            if self._learn(execution, observer) and search.needs_observer:
                search.restart()
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

    def _execute(self, chooser: Chooser, observer: Observer | None) -> Execution:
        if observer is None:
            self.contention.watch_contended()
        else:
            self.contention.watch_all()
        execution = self._world.execute(chooser, observer)
        self._steps += execution.steps
        if observer is not None and not observer.keeps_steps:
            self.contention.learn(observer)
        return execution

    def _learn(self, execution: Execution, observer: Observer | None) -> bool:
        """Look at code that was not met before; say whether more points make a difference."""
        before = len(self.contention.contended)
        if observer is None and running.met_unknown_site:
            self._execute(Plan(execution.interleaving), self._world.observer(steps=False))
        return len(self.contention.contended) > before or (
            observer is not None and self._grown(before)
        )

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
        return _is_failure(execution.outcome)

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

        def candidates(interleaving: Interleaving) -> list[Switch]:
            return self._candidates(interleaving)

        budget = (
            _EXECUTIONS_TO_MINIMIZE_IN_A_HYPOTHESIS_TEST
            if _is_in_a_hypothesis_test()
            else _EXECUTIONS_TO_MINIMIZE
        )
        minimized = minimize(failing.interleaving, fails, candidates, budget)
        observer = self._world.observer(steps=True)
        shown = self._execute(Plan(minimized.interleaving), observer)
        if _kind_of(shown.outcome) != wanted:
            self._inconclusive = (
                f"An execution failed ({headline(failing.outcome)}), but the same interleaving, "
                f"{str(failing.interleaving) or 'the empty one'}, did not fail again. "
                f"{self._nondeterminism()}"
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
        if self._world.leftovers:
            report += f"\n{_about_leftovers(self._world.leftovers)}"
        return Failure(outcome, shown.interleaving, token, shown.trace, report, smaller)

    def _candidates(self, interleaving: Interleaving) -> list[Switch]:
        """Return the switches that can be added after the last one of `interleaving`."""
        listing = _Listing(Plan(interleaving), len(interleaving))
        self._execute(listing, None)
        return listing.switches

    def _verdict(self, failure: Failure | None) -> tuple[Verdict, str]:
        if failure is not None:
            return "violated", headline(failure.outcome)
        if self._inconclusive:
            return "inconclusive", self._inconclusive
        if not self.contention.found:
            return "inconclusive", self._nothing_contended()
        if any(isinstance(outcome, OutOfSteps) for outcome in self._counts):
            endless = next(outcome for outcome in self._counts if isinstance(outcome, OutOfSteps))
            return "inconclusive", headline(endless)
        if any(_is_failure(outcome) for outcome in self._counts):
            return "inconclusive", self._nondeterminism()
        count = f"{self._executions:,} execution{'s' * (self._executions != 1)}"
        if self._complete:
            bound = self._options.preemptions
            limit = "" if bound is None else f" with at most {bound} preemption{'s' * (bound != 1)}"
            return "holds", (
                f"It holds for every interleaving{limit} ({count}), under sequential consistency "
                "and with each call of C code as one step."
            )
        return (
            "no failure found",
            f"No failure was found in {count} by search={self._search.name!r}.",
        )

    def _nothing_contended(self) -> str:
        packages = _packages_out_of_scope(self._world.body, self._world.installation.scope)
        remedy = (
            f"Packages that ran without switch points: {', '.join(packages)}; "
            f"try instrument=({packages[0]!r},)."
            if packages
            else "Let them share an object, a global or a variable of code in scope."
        )
        return (
            "No two threads touched the same thing where the harness can see it, so no "
            f"interleaving can make a difference. {remedy} {_about_leftovers(self._world.leftovers)}"
        ).rstrip()

    def _nondeterminism(self) -> str:
        return " ".join(filter(None, [_NONDETERMINISM, _about_leftovers(self._world.leftovers)]))

    def _grown(self, before: int) -> bool:
        return len(self.contention.contended) > before


_NONDETERMINISM = (
    "Something the harness does not control differs between two runs: state that an earlier run "
    "has changed (reset it in the body), a clock or random source in C code, the order of a set of "
    "objects, or an object's id."
)


def _about_leftovers(leftovers: tuple[str, ...]) -> str:
    if not leftovers:
        return ""
    names = ", ".join(leftovers)
    return f"Each execution leaves changes in {names}; clear it at the start of the body."


class _Listing:
    """Follow a plan, and list the switches that could be added after its last one."""

    watching = True

    def __init__(self, plan: Plan, length: int) -> None:
        self._plan = plan
        self._left = length
        self.switches: list[Switch] = []

    def begin_again(self) -> None:
        self.switches.clear()

    def planned(self, task: int, after: int) -> int:
        return self._plan.planned(task, after)

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        number = self._plan.choose(runnable, task, point, timed)
        if number != runnable[0]:
            self._left -= 1
        elif self._left <= 0:
            self.switches += [Switch(task, point, other) for other in runnable[1:]]
        return number


def _make_search(options: _Options) -> Search:
    name = options.search
    if name == "auto":
        return Portfolio(options.seed, options.executions)
    if name == "random":
        return RandomWalk(options.seed)
    if name == "pct":
        return Pct(options.seed)
    if name == "exhaustive":
        return Exhaustive(options.preemptions)
    if name in _LATER_SEARCHES:
        raise UsageError(f"search={name!r} comes in a later version. Use search='auto'.")
    raise UsageError(f"search={name!r} is unknown. Use one of {', '.join(map(repr, _SEARCHES))}.")


def _kind_of(outcome: Outcome) -> tuple[type, type | None, Location | None]:
    """Return what two failures must have in common to be the same."""
    if isinstance(outcome, Raised):
        return Raised, type(outcome.exception), outcome.location
    return type(outcome), None, None


def _is_failure(outcome: Outcome) -> bool:
    return isinstance(outcome, Raised | Deadlocked)


def _packages_out_of_scope(body: Body, scope: CodeScope) -> list[str]:
    """Return the installed packages that the module of the body uses."""
    while isinstance(body, partial):
        body = body.func
    namespace = getattr(body, "__globals__", {})
    found: dict[str, None] = {}
    for value in namespace.values():
        name = (
            value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        )
        module = sys.modules.get(name) if isinstance(name, str) else None
        file = getattr(module, "__file__", None)
        if file and isinstance(name, str) and scope.is_installed(file):
            found[name.partition(".")[0]] = None
    return [name for name in found if name not in _OWN_PACKAGES][:_MOST_PACKAGES_TO_NAME]


_OWN_PACKAGES = ("harness", "strategies", "pytest", "_pytest", "hypothesis", "pluggy", "xdist")


def _checked_executions(executions: int | None) -> int:
    if executions is None:
        return EXECUTIONS_IN_A_HYPOTHESIS_TEST if _is_in_a_hypothesis_test() else EXECUTIONS
    if type(executions) is not int or executions < 1:
        raise UsageError(f"executions={executions!r}. Give a whole number, 1 or more.")
    return executions


def _is_in_a_hypothesis_test() -> bool:
    hypothesis = sys.modules.get("hypothesis")  # who uses it has imported it
    return hypothesis is not None and bool(hypothesis.currently_in_test_context())


def _checked_seconds(seconds: float | None) -> float | None:
    if seconds is not None and (type(seconds) not in (int, float) or not seconds > 0):
        raise UsageError(
            f"seconds={seconds!r}. Give a positive number of seconds, or leave it out."
        )
    return seconds


def _checked_preemptions(preemptions: int | None, search: str) -> int | None:
    if preemptions is None:
        return None
    if type(preemptions) is not int or preemptions < 0:
        raise UsageError(f"preemptions={preemptions!r}. Give a whole number, 0 or more.")
    if search != "exhaustive":
        raise UsageError(
            f"preemptions={preemptions!r} bounds an exhaustive search, and this is "
            f"search={search!r}. Use search='exhaustive', or leave it out."
        )
    return preemptions


def _checked_seed(seed: int) -> int:
    if type(seed) is not int:
        raise UsageError(f"seed={seed!r}. Give a whole number.")
    return seed


__all__ = ["Returned", "check", "explore", "raise_for", "replay"]
