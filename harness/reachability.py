"""Say under which models the bug behind a failure can be reached."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from harness.arguments import has_gil
from harness.control.gil.library_frames import LOOKING_IS_DEAR, library_frames
from harness.control.scheduling.plan import Plan
from harness.effort import Effort
from harness.errors import UsageError
from harness.execution import Body, World
from harness.exploration import Failure
from harness.explorer import Explorer
from harness.interleaving import Interleaving
from harness.minimal_failure import most_steps_to_try
from harness.outcome import OutOfSteps
from harness.search_options import SearchOptions

_Search: TypeAlias = tuple[str, int | None, int]  # name, preemptions, executions
# A small search is soon complete, which says more than any number of random executions.
_SEARCHES: tuple[_Search, ...] = (("exhaustive", 2, 100), ("auto", None, 100))
_MOST_STEPS = 500_000  # switch points of all executions of one of them, about half a second
_SEARCHES_WITH_LITTLE_EFFORT: tuple[_Search, ...] = (("exhaustive", 2, 100),)
_MOST_STEPS_WITH_LITTLE_EFFORT = 500
_STEPS_WITHOUT_AN_END = 100_000  # switch points of an execution that runs out of them
_LEAST_SECONDS = 2.0  # for bodies that take long between two switch points


def with_models(failure: Failure, body: Body, options: SearchOptions, seconds: float) -> Failure:
    """Return the failure with the models in which it can happen, and a line of the report on it.

    What fails under the GIL can fail without it. The other way round the same interleaving is
    tried under `model="gil"`, then a short search for a failure of the same kind.

    Args:
        failure: a failure of the body.
        body: the body.
        options: those with which it was found.
        seconds: how long it took to find it; looking here takes no longer, except for bodies
            that are slow by themselves.
    """
    if options.effort is Effort.NOTHING:
        return failure
    if not has_gil():
        return replace(failure, affects=("free-threaded",))
    within = options.model == "gil" or _happens(
        failure,
        body,
        replace(options, model="gil", stop_at_failure=True, seconds=max(seconds, _LEAST_SECONDS)),
    )
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    answer = "yes" if within else "not within this search"
    line = f"can happen under the GIL of CPython {version}: {answer}"
    return replace(
        failure,
        affects=("free-threaded", "gil") if within else ("free-threaded",),
        remarks=(*failure.remarks, line),
    )


def _happens(
    failure: Failure,
    body: Body,
    options: SearchOptions,
) -> bool:
    if isinstance(failure.outcome, OutOfSteps):
        options = replace(options, max_steps=min(options.max_steps, _STEPS_WITHOUT_AN_END))
    searches, most_steps = _SEARCHES, _MOST_STEPS
    if options.effort is Effort.LITTLE:
        searches, most_steps = _SEARCHES_WITH_LITTLE_EFFORT, _MOST_STEPS_WITH_LITTLE_EFFORT
    for looks in (False, True) if LOOKING_IS_DEAR else (True,):
        with options.make_world(body, looks_at_library_frames=looks) as world:
            if not isinstance(failure.outcome, OutOfSteps):
                world.cut_at = most_steps_to_try(_steps_of(failure))
            if looks and LOOKING_IS_DEAR and not _shows_more(failure, world):
                return False
            if _is_found(failure, world, options, searches, most_steps):
                return True
            if world.stuck_in is not None:  # each execution may take as long
                return False
    return False


def _shows_more(failure: Failure, world: World) -> bool:
    """Say whether looking has shown a hand-over that would not be known without it."""
    world.warm_up(Plan(Interleaving()))
    world.execute(Plan(failure.interleaving))
    return library_frames.noted


def _steps_of(failure: Failure) -> int:
    """Return about how many switch points the failing execution passed."""
    points: dict[int, int] = {}
    for step in failure.trace.steps:
        points[step.task] = step.point
    return sum(points.values())


def _is_found(
    failure: Failure,
    world: World,
    options: SearchOptions,
    searches: Sequence[_Search],
    most_steps: int,
) -> bool:
    for search, preemptions, executions in searches:
        explorer = Explorer(
            world,
            replace(
                options,
                search=search,
                preemptions=preemptions,
                executions=executions,
            ),
        )
        try:
            if explorer.finds(failure.outcome, failure.interleaving, most_steps):
                return True
            if explorer.is_complete or world.stuck_in is not None:
                return False
        except UsageError:  # of an interleaving that was not asked about
            return False
        finally:
            explorer.contention.forget()
    return False
