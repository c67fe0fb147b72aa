"""Run a body under one interleaving or many: `run`, `explore`, `check` and `replay`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.arguments import CarrierName, ModelName, SearchName, check_progress
from harness.control.scheduling.plan import Plan
from harness.effort import Effort, effort_to_raise
from harness.errors import InconclusiveError, UsageError
from harness.execution import Body, Execution, World, pass_usage_errors_on
from harness.exploration import Exploration, Failure
from harness.explorer import Explorer
from harness.interleaving import Interleaving
from harness.reachability import with_models
from harness.replay_token import check_token, parse_token
from harness.report.failure_text import error_of
from harness.search_options import SearchOptions
from harness.search_progress import ProgressListener


def run(
    body: Body,
    interleaving: Interleaving | None = None,
    *,
    model: ModelName = "free-threaded",
    instrument: Sequence[str] = (),
    max_steps: int = 1_000_000,
    carrier: CarrierName = "greenlets",
) -> Execution:
    """Run `body` once under `interleaving`; a switch that cannot apply is ignored.

    One run that is not counted goes before it, to fill caches and finish imports.

    Args:
        body: a callable without arguments that starts threads and joins them.
        interleaving: the departures from the default policy; the empty one if it is left out.
        model: where a switch is allowed: `"free-threaded"`, everywhere, or `"gil"`, where this
            CPython hands over the GIL.
        instrument: names of installed packages that get switch points, too.
        max_steps: the most switch points of one execution.
        carrier: what the threads run on: `"greenlets"`, or `"threads"` of the operating system,
            which takes longer and gives C code the real thing.

    Raises:
        UsageError: for an argument that the harness cannot use.
    """
    if interleaving is None:
        interleaving = Interleaving()
    if not isinstance(interleaving, Interleaving):
        raise UsageError(
            f"run got interleaving={interleaving!r}. Give an Interleaving, "
            "like Interleaving.parse('T1@2>T2')."
        )
    with World(
        body, model=model, instrument=instrument, max_steps=max_steps, carrier=carrier
    ) as world:
        world.warm_up(Plan(interleaving))
        return world.execute(Plan(interleaving), world.observer(steps=True))


def explore(
    body: Body,
    *,
    search: SearchName = "auto",
    executions: int | None = None,
    seconds: float | None = None,
    preemptions: int | None = None,
    model: ModelName = "free-threaded",
    instrument: Sequence[str] = (),
    seed: int = 0,
    stop_at_failure: bool = True,
    max_steps: int = 1_000_000,
    max_delay: float | None = None,
    executions_to_minimize: int | None = None,
    carrier: CarrierName = "greenlets",
    progress: ProgressListener | None = None,
    executor: Any = None,
) -> Exploration:
    """Run `body` under many interleavings, and never raise for what the body does.

    Args:
        body: a callable without arguments that starts threads, joins them and asserts.
        search: who makes the choices: `"auto"` (the empty interleaving, reversals of the conflicts
            just seen, then SURW, PCT, POS and a random walk in turn, and all interleavings where
            there are few), one of `"surw"`, `"pct"`,
            `"pos"`, `"random"`, or `"exhaustive"`.
        executions: the most executions; 1,000 if left out, 100 inside a Hypothesis test.
        seconds: the most seconds of the search, whose last execution is cut off; no limit if left out.
        preemptions: the most preemptions of an execution in an exhaustive search.
        model: where a switch is allowed: `"free-threaded"`, everywhere, or `"gil"`, where this
            CPython hands over the GIL.
        instrument: names of installed packages that get switch points, too.
        seed: decides all random choices.
        stop_at_failure: whether to stop at the first failure, or to collect all outcomes.
        max_steps: the most switch points of one execution.
        max_delay: how long, in virtual seconds, others may go on while a thread that could go on
            does not; a timeout or a sleep of that length or more then ends only when nothing
            else can go on. No limit if left out: any timeout may run out at any time.
        executions_to_minimize: the most executions to make a failure minimal, and to prove that it
            is; 20,000 if left out, 30 inside a Hypothesis test, whose failures are many.
        carrier: what the threads run on: `"greenlets"`, whose failures are confirmed on OS threads,
            or `"threads"` of the operating system, for C code that looks at its thread.
        progress: is called about once a second with a `SearchProgress`; `print` shows it.
        executor: runs parts of the search elsewhere, in a later version.

    Raises:
        UsageError: for an argument that the harness cannot use.
    """
    return _explore(
        body,
        SearchOptions.checked(
            search=search,
            executions=executions,
            seconds=seconds,
            preemptions=preemptions,
            model=model,
            instrument=instrument,
            seed=seed,
            stop_at_failure=stop_at_failure,
            max_steps=max_steps,
            max_delay=max_delay,
            executions_to_minimize=executions_to_minimize,
            carrier=carrier,
        ),
        progress,
        executor,
    )


def explore_to_raise(
    body: Body,
    *,
    progress: ProgressListener | None = None,
    executor: Any = None,
    **options: Any,
) -> Exploration:
    """Explore `body` like `explore`, for somebody who raises what is found.

    Inside a Hypothesis test only the last failure is shown, so only that one is made minimal.
    The arguments are those of `explore`.

    Raises:
        UsageError: for an argument that the harness cannot use.
    """
    checked = SearchOptions.checked(**options, effort=effort_to_raise())
    return _explore(body, checked, progress, executor)


def failure_without_gil(body: Body, **options: Any) -> Failure | None:
    """Return how `body` fails where a switch is allowed everywhere, not minimal; `None` if not.

    The arguments are those of `explore`.

    Raises:
        UsageError: for an argument that the harness cannot use.
    """
    checked = SearchOptions.checked(**options, effort=Effort.NOTHING)
    return _explored(body, replace(checked, model="free-threaded", stop_at_failure=True)).failure


def _explore(
    body: Body, options: SearchOptions, progress: ProgressListener | None, executor: Any
) -> Exploration:
    if executor is not None:
        raise UsageError(f"executor={executor!r} comes in a later version. Leave it out.")
    check_progress(progress)
    began = time.monotonic()
    exploration = _explored(body, options, progress)
    if exploration.failure is None:
        return exploration
    seconds = time.monotonic() - began
    return replace(exploration, failure=with_models(exploration.failure, body, options, seconds))


def _explored(
    body: Body, options: SearchOptions, progress: ProgressListener | None = None
) -> Exploration:
    with options.make_world(body) as world:
        explorer = Explorer(world, options, progress)
        try:
            return explorer.explore()
        finally:
            explorer.contention.forget()


def check(
    body: Body,
    *,
    search: SearchName = "auto",
    executions: int | None = None,
    seconds: float | None = None,
    preemptions: int | None = None,
    model: ModelName = "free-threaded",
    instrument: Sequence[str] = (),
    seed: int = 0,
    stop_at_failure: bool = True,
    max_steps: int = 1_000_000,
    max_delay: float | None = None,
    executions_to_minimize: int | None = None,
    carrier: CarrierName = "greenlets",
    progress: ProgressListener | None = None,
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
    exploration = explore_to_raise(
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
        max_delay=max_delay,
        executions_to_minimize=executions_to_minimize,
        carrier=carrier,
        progress=progress,
        executor=executor,
    )
    raise_for(exploration)
    return exploration


def replay(
    body: Body,
    token: str,
    *,
    model: ModelName = "free-threaded",
    instrument: Sequence[str] = (),
    max_steps: int = 1_000_000,
    carrier: CarrierName = "greenlets",
) -> Execution:
    """Run `body` under the interleaving of `token`, strictly.

    Args:
        body: the body that the token was made for.
        token: `Failure.token`, from the report.
        model: the model that it was made for.
        instrument: the packages that had switch points then.
        max_steps: the most switch points of the execution.
        carrier: what the threads run on; any token fits both.

    Raises:
        ReplayDivergenceError: naming the first switch that no longer fits.
        UsageError: for an argument that the harness cannot use.
    """
    interleaving, _ = parse_token(token)
    with World(
        body, model=model, instrument=instrument, max_steps=max_steps, carrier=carrier
    ) as world:
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
