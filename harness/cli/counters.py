"""`harness counters`: which of the counters lose increments."""

from __future__ import annotations

import argparse

from harness.arguments import ModelName
from harness.counters import CANDIDATES, Counter, count
from harness.errors import UsageError
from harness.exploration import Exploration
from harness.exploring import explore

_BOUND = 2  # preemptions
_MOST_EXECUTIONS = 100_000


def run(options: argparse.Namespace) -> int:
    """Explore the named candidates, or all, and return 1 if one surprises.

    Raises:
        UsageError: for a name that no candidate has.
    """
    threads, iterations = options.threads, options.iterations
    candidates = _named(options.names)
    print(f"{threads} threads x {iterations} increments; the total must be {threads * iterations}.")
    surprises = 0
    width = max(len(candidate.__name__) for candidate in candidates)
    if not options.names:
        print()
    for candidate in candidates:
        exploration = _explored(candidate, threads, iterations, options.model)
        surprises += _surprises(candidate, exploration, threads, iterations, options.model)
        if options.names:
            _show_report(candidate, exploration)
        else:
            print(f"{candidate.__name__.ljust(width)}  {_summary(exploration)}", flush=True)
    return 1 if surprises else 0


def _named(names: list[str]) -> tuple[type[Counter], ...]:
    known = {candidate.__name__: candidate for candidate in CANDIDATES}
    for name in names:
        if name not in known:
            raise UsageError(f"There is no counter {name!r}. Name one of {', '.join(known)}.")
    return tuple(known[name] for name in names) or CANDIDATES


def _surprises(
    candidate: type[Counter], exploration: Exploration, threads: int, iterations: int, model: str
) -> bool:
    smallest = candidate.expected.under(model)
    fails = (
        smallest is not None
        and threads >= smallest.threads
        and iterations >= smallest.iterations
        and smallest.switches <= _BOUND
    )
    return (exploration.failure is not None) is not fails


def _summary(exploration: Exploration) -> str:
    failure = exploration.failure
    if failure is None:
        return f"{exploration.verdict}: {exploration.executions:,} executions"
    return (
        f"{exploration.verdict}: {exploration.reason.partition(': ')[2]} by {failure.interleaving}"
    )


def _show_report(candidate: type[Counter], exploration: Exploration) -> None:
    print(f"\n{candidate.__name__}: {exploration.verdict}\n")
    shown = exploration.failure or exploration.reason
    print("\n".join(f"  {line}".rstrip() for line in str(shown).splitlines()))


def _explored(
    candidate: type[Counter], threads: int, iterations: int, model: ModelName
) -> Exploration:
    def body() -> None:
        total = count(candidate, threads, iterations)
        assert total == threads * iterations, f"{total} of {threads * iterations} increments"

    body.__qualname__ = f"count {candidate.__name__}"
    return explore(
        body, search="exhaustive", preemptions=_BOUND, executions=_MOST_EXECUTIONS, model=model
    )
