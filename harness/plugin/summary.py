"""The end of a session under `model="gil"`: what free threading will add."""

from __future__ import annotations

import pytest

from harness.plugin.session import WITHOUT_GIL, Session


def show_summary(reporter: pytest.TerminalReporter, session: Session) -> None:
    """Count the tests that pass under the GIL and would fail without one, and name them."""
    passed = [report for report in reporter.stats.get("passed", ()) if report.when == "call"]
    hidden = [report.nodeid for report in passed if WITHOUT_GIL in dict(report.user_properties)]
    if not hidden and session.options.values.get("model") != "gil":
        return
    reporter.ensure_newline()
    reporter.write_line(f"harness: {len(hidden)} more would fail on a free-threaded build")
    for nodeid in hidden:
        reporter.write_line(f"  {nodeid}")
