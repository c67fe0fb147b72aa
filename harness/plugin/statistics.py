"""What the explorations of each test have shown, as a section at the end of the session.

It goes from a pytest-xdist worker to the terminal on the test's report, so it is plain data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.exploration import Exploration

Statistics: TypeAlias = Mapping[str, Any]

_ATTRIBUTE = "harness_statistics"
_MOST_OUTCOMES = 8
_LONGEST_VALUE = 40  # characters


def add_option(parser: pytest.Parser) -> None:
    """Add `--harness-show-statistics`."""
    parser.getgroup("harness").addoption(
        "--harness-show-statistics",
        action="store_true",
        help="Show executions, their rate, outcomes, and the search that found a failure, by test",
    )


def attach(report: pytest.TestReport, explorations: Sequence[Exploration]) -> None:
    """Put the statistics of a test's explorations on its report."""
    if explorations:
        setattr(report, _ATTRIBUTE, statistics_of(explorations))


def statistics_of(explorations: Sequence[Exploration]) -> Statistics:
    """Add up what explorations have shown."""
    outcomes: Counter[str] = Counter()
    for exploration in explorations:
        for outcome, witness in exploration.outcomes.items():
            outcomes[_text_of(outcome)] += witness.count
    return {
        "explorations": len(explorations),
        "executions": sum(exploration.executions for exploration in explorations),
        "seconds": sum(exploration.seconds for exploration in explorations),
        "verdicts": dict(Counter(exploration.verdict for exploration in explorations)),
        "found_by": dict(
            Counter(exploration.found_by for exploration in explorations if exploration.found_by)
        ),
        "outcomes": dict(outcomes.most_common()),
    }


def show(terminal: pytest.TerminalReporter) -> None:
    """Write the section, if any test has explored something."""
    reports: Iterable[Any] = (report for found in terminal.stats.values() for report in found)
    shown = [report for report in reports if hasattr(report, _ATTRIBUTE)]
    if shown:
        terminal.section("Harness statistics")
    for report in shown:
        terminal.write_line(f"{report.nodeid}:")
        for line in lines_of(getattr(report, _ATTRIBUTE)):
            terminal.write_line(f"  - {line}")


def lines_of(statistics: Statistics) -> list[str]:
    """Return the statistics of one test in words."""
    executions, seconds = statistics["executions"], statistics["seconds"]
    rate = f", {executions / seconds:,.0f} a second" if seconds > 0 else ""
    several = statistics["explorations"]
    explorations = f" in {several:,} explorations" if several > 1 else ""
    lines = [
        f"{_listed(statistics['verdicts'], always_counted=several > 1)}",
        f"{executions:,} execution{'s' * (executions != 1)}{explorations}{rate}",
    ]
    if statistics["found_by"]:
        lines.append(f"found by: {_listed(statistics['found_by'], always_counted=several > 1)}")
    outcomes = list(statistics["outcomes"].items())
    for text, count in outcomes[:_MOST_OUTCOMES]:
        lines.append(f"{count:,} x {text}")
    if len(outcomes) > _MOST_OUTCOMES:
        lines.append(f"… and {len(outcomes) - _MOST_OUTCOMES:,} other outcomes")
    return lines


def _listed(counts: Mapping[str, int], *, always_counted: bool) -> str:
    return ", ".join(
        f"{count:,} x {text}" if always_counted else text for text, count in counts.items()
    )


def _text_of(outcome: Any) -> str:
    from harness.outcome import Raised, Returned, repr_of  # noqa: PLC0415  not before a test needs it

    if isinstance(outcome, Returned):
        if outcome.value is None:
            return "returned"
        text = repr_of(outcome.value)
        return f"returned {text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + '…'}"
    if isinstance(outcome, Raised):
        return f"raised {type(outcome.exception).__name__}"
    return type(outcome).__name__
