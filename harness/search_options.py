"""What can be said about a search: checked once, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from harness.arguments import (
    SearchName,
    check_carrier,
    check_max_delay,
    check_max_steps,
    check_model,
    checked_packages,
)
from harness.effort import Effort, effort_to_return, is_in_a_hypothesis_test
from harness.errors import UsageError
from harness.execution import Body, World
from harness.search.dpor import OptimalSearch
from harness.search.exhaustive import Exhaustive
from harness.search.pct import Pct
from harness.search.portfolio import Portfolio
from harness.search.pos import Pos
from harness.search.protocol import Search
from harness.search.random_walk import RandomWalk
from harness.search.surw import Surw

EXECUTIONS = 1_000
EXECUTIONS_IN_A_HYPOTHESIS_TEST = 100
_EXECUTIONS_TO_MINIMIZE = {Effort.NOTHING: 0, Effort.LITTLE: 30, Effort.ALL: 20_000}
_SAMPLERS: dict[str, Callable[[int], Search]] = {
    "random": RandomWalk,
    "pct": Pct,
    "pos": Pos,
    "surw": Surw,
}
_SEARCHES = get_args(SearchName)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """Be the checked arguments of an exploration; see `harness.explore`.

    Raises:
        UsageError: for an argument that the harness cannot use.
    """

    search: str
    executions: int
    seconds: float | None
    preemptions: int | None
    model: str
    instrument: tuple[str, ...]
    seed: int
    stop_at_failure: bool
    max_steps: int
    carrier: str
    max_delay: float | None
    executions_to_minimize: int
    effort: Effort

    @classmethod
    def checked(
        cls,
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
        executions_to_minimize: int | None = None,
        carrier: str = "greenlets",
        max_delay: float | None = None,
        effort: Effort | None = None,
    ) -> SearchOptions:
        """Return the options, with defaults that depend on where they are used filled in."""
        check_model(model)
        check_carrier(carrier)
        check_max_steps(max_steps)
        check_max_delay(max_delay)
        effort = effort or effort_to_return()
        options = cls(
            search=search,
            executions=_checked_executions(executions),
            seconds=_checked_seconds(seconds),
            preemptions=_checked_preemptions(preemptions, search),
            model=model,
            instrument=checked_packages(instrument),
            seed=_checked_seed(seed),
            stop_at_failure=_checked_stop_at_failure(stop_at_failure),
            max_steps=max_steps,
            executions_to_minimize=_checked_executions_to_minimize(executions_to_minimize, effort),
            carrier=carrier,
            max_delay=max_delay,
            effort=effort,
        )
        options.make_search()  # complains about an unknown name before anything runs
        return options

    def make_world(self, body: Body, *, looks_at_library_frames: bool = True) -> World:
        """Return a new world of the body."""
        return World(
            body,
            model=self.model,
            instrument=self.instrument,
            max_steps=self.max_steps,
            max_delay=self.max_delay,
            carrier=self.carrier,
            looks_at_library_frames=looks_at_library_frames,
        )

    def make_search(self) -> Search:
        """Return a new search."""
        name = self.search
        if name == "auto":
            return Portfolio(self.seed, self.executions)
        if name == "exhaustive":
            return self.make_exhaustive_search()
        if isinstance(name, str) and name in _SAMPLERS:
            return _SAMPLERS[name](self.seed)
        raise UsageError(
            f"search={name!r} is unknown. Use one of {', '.join(map(repr, _SEARCHES))}."
        )

    def make_exhaustive_search(self) -> OptimalSearch | Exhaustive:
        """Return a new search that makes the executions of all interleavings."""
        if self.model == "gil":  # under it places are left out
            return Exhaustive(self.preemptions)
        return OptimalSearch(self.preemptions, self.executions)


def _checked_executions(executions: int | None) -> int:
    if executions is None:
        return EXECUTIONS_IN_A_HYPOTHESIS_TEST if is_in_a_hypothesis_test() else EXECUTIONS
    if type(executions) is not int or executions < 1:
        raise UsageError(f"executions={executions!r}. Give a whole number, 1 or more.")
    return executions


def _checked_executions_to_minimize(executions: int | None, effort: Effort) -> int:
    if executions is None:
        return _EXECUTIONS_TO_MINIMIZE[effort]
    if type(executions) is not int or executions < 0:
        raise UsageError(f"executions_to_minimize={executions!r}. Give a whole number, 0 or more.")
    return 0 if effort is Effort.NOTHING else executions


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


def _checked_stop_at_failure(stop: bool) -> bool:
    if type(stop) is not bool:
        raise UsageError(f"stop_at_failure={stop!r}. Give True or False.")
    return stop


def _checked_seed(seed: int) -> int:
    if type(seed) is not int:
        raise UsageError(f"seed={seed!r}. Give a whole number.")
    return seed
