"""See whether a failure that was found on greenlets happens on OS threads, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.control.plan import Plan
from harness.effort import Effort
from harness.execution import Body, World
from harness.exploration import Failure
from harness.outcome import kind_of
from harness.report.failure_text import headline
from harness.search_options import SearchOptions


def confirmed(
    failure: Failure, body: Body, options: SearchOptions, instrument: Sequence[str], max_steps: int
) -> Failure:
    """Return the failure, with a line of its report if OS threads disagree.

    Args:
        failure: a failure of the body.
        body: the body.
        options: those with which it was found.
        instrument: the packages that had switch points.
        max_steps: the most switch points of an execution.
    """
    if options.effort is Effort.NOTHING or options.carrier == "threads":
        return failure
    with World(
        body, model=options.model, instrument=instrument, max_steps=max_steps, carrier="threads"
    ) as world:
        execution = world.execute(Plan(failure.interleaving))
    agrees = (
        kind_of(execution.outcome) == kind_of(failure.outcome)
        and execution.interleaving == failure.interleaving
    )
    if agrees:
        return failure
    line = (
        f"On OS threads it did something else under the same interleaving: "
        f"{headline(execution.outcome)}. Unless something outside differs between two runs, or C "
        "code looks at its thread, this is a bug of the harness: please report it. "
        "carrier='threads' explores on OS threads only."
    )
    return replace(failure, report=f"{failure.report}\n{line}")
