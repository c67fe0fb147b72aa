"""The pytest plugin: fixtures, the marker `interleave`, options, and failures as tables.

An option is looked for in this order: an argument of the marker or of `interleave(body, ...)`,
the command line (`--harness-executions=50`), the environment (`HARNESS_EXECUTIONS`), the
configuration file (`harness_executions`), the harness's own default. `None` means "inherit".

Every hook is in this file and leaves the work to the others. pytest loads it in each session, so
nothing here imports the engine or Hypothesis before a test needs them.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from harness.plugin import statistics
from harness.plugin.fixtures import interleave, stress, switch_interval
from harness.plugin.marker import (
    explore_test,
    is_explored,
    mark_thread_unsafe,
    refusal,
    register_marker,
)
from harness.plugin.options import add_options, header, read_options
from harness.plugin.progress import TerminalProgress
from harness.plugin.report import prepare, show_failures
from harness.plugin.requested_fixtures import warn_if_forgotten
from harness.plugin.session import SESSION, Session
from harness.plugin.summary import show_summary

__all__ = ["interleave", "stress", "switch_interval"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--harness-*` and `harness_*`."""
    add_options(parser)
    statistics.add_option(parser)


@pytest.hookimpl(trylast=True)  # the terminal's reporter must be there
def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and complain about bad ones before anything is collected."""
    register_marker(config)
    config.stash[SESSION] = Session(config, read_options(config), TerminalProgress(config))


def pytest_report_header(config: pytest.Config) -> str | None:
    """Show the options, if any is set or the user wants to know more."""
    return header(config, config.stash[SESSION].options)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep pytest-run-parallel from running explorations in threads of its own."""
    mark_thread_unsafe(config, items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a marked test that cannot be explored, before its fixtures are set up."""
    item.config.stash[SESSION].begin_test()
    message = refusal(item)
    if message is not None:
        pytest.fail(message, pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test whose token fits none of its explorations; warn of one that explores nothing."""
    __tracebackhide__ = True
    session = item.config.stash[SESSION]
    try:
        result = yield
    except Exception:
        if session.divergence is not None:
            raise session.divergence from None
        raise
    if session.divergence is not None:
        raise session.divergence
    warn_if_forgotten(item, session)
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Explore a marked test instead of calling it."""
    __tracebackhide__ = True
    if not is_explored(pyfuncitem):
        return None
    explore_test(pyfuncitem, pyfuncitem.config.stash[SESSION])
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the table of a failing interleaving under the user's own exception."""
    session = item.config.stash[SESSION]
    explorations = session.take_explorations()
    item.user_properties += session.properties_of(explorations)
    failures = prepare(item, call)
    report = yield
    show_failures(item, report, failures, session.options)
    if item.config.getoption("harness_show_statistics"):
        statistics.attach(report, [exploration for exploration, _ in explorations])
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was asked for, and what would fail without the GIL if the tests assumed one."""
    show_summary(terminalreporter, config.stash[SESSION])
    if config.getoption("harness_show_statistics"):
        statistics.show(terminalreporter)
