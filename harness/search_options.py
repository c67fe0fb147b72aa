"""What can be said about a search: checked once, before anything runs."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from harness.errors import UsageError
from harness.search.dpor import OptimalSearch
from harness.search.exhaustive import Exhaustive
from harness.search.pct import Pct
from harness.search.portfolio import Portfolio
from harness.search.protocol import Search
from harness.search.random_walk import RandomWalk

EXECUTIONS = 1_000
EXECUTIONS_IN_A_HYPOTHESIS_TEST = 100
_EXECUTIONS_TO_MINIMIZE = 1_000
_EXECUTIONS_TO_MINIMIZE_IN_A_HYPOTHESIS_TEST = 30  # Hypothesis asks for many failures in a row
_SEARCHES = ("auto", "random", "pct", "exhaustive")
_LATER_SEARCHES = ("pos", "surw")


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
    seed: int
    stop_at_failure: bool
    executions_to_minimize: int
    in_a_hypothesis_test: bool

    @classmethod
    def checked(
        cls,
        *,
        search: str,
        executions: int | None,
        seconds: float | None,
        preemptions: int | None,
        model: str,
        seed: int,
        stop_at_failure: bool,
    ) -> SearchOptions:
        """Return the options, with defaults that depend on where they are used filled in."""
        in_a_hypothesis_test = _is_in_a_hypothesis_test()
        options = cls(
            search=search,
            executions=_checked_executions(executions, in_a_hypothesis_test),
            seconds=_checked_seconds(seconds),
            preemptions=_checked_preemptions(preemptions, search),
            model=model,
            seed=_checked_seed(seed),
            stop_at_failure=stop_at_failure,
            executions_to_minimize=(
                _EXECUTIONS_TO_MINIMIZE_IN_A_HYPOTHESIS_TEST
                if in_a_hypothesis_test
                else _EXECUTIONS_TO_MINIMIZE
            ),
            in_a_hypothesis_test=in_a_hypothesis_test,
        )
        options.make_search()  # complains about an unknown name before anything runs
        return options

    def make_search(self) -> Search:
        """Return a new search."""
        name = self.search
        if name == "auto":
            return Portfolio(self.seed, self.executions)
        if name == "random":
            return RandomWalk(self.seed)
        if name == "pct":
            return Pct(self.seed)
        if name == "exhaustive":
            if (
                self.preemptions is None and self.model != "gil"
            ):  # under it not every place can be chosen at
                return OptimalSearch()
            return Exhaustive(self.preemptions)
        if name in _LATER_SEARCHES:
            raise UsageError(f"search={name!r} comes in a later version. Use search='auto'.")
        raise UsageError(
            f"search={name!r} is unknown. Use one of {', '.join(map(repr, _SEARCHES))}."
        )


def _checked_executions(executions: int | None, in_a_hypothesis_test: bool) -> int:
    if executions is None:
        return EXECUTIONS_IN_A_HYPOTHESIS_TEST if in_a_hypothesis_test else EXECUTIONS
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
