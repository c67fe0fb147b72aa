"""How a failing interleaving is shown: the user's exception first, then the table, then how to replay it.

The engine adds its report to the exception as a note. Here it becomes a section of the traceback's
text instead: that goes wherever the traceback goes (terminal, junit, a worker's report), and the
short summary keeps the user's own message.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

import pytest

from harness.plugin.options import ProjectOptions, quoted
from harness.plugin.tracebacks import chain_of, end_at_test, without_our_frames

if TYPE_CHECKING:
    from harness.exploration import Failure

    Found: TypeAlias = tuple[BaseException, Failure]

_TITLE = "Harness schedule"


def prepare(item: pytest.Item, call: pytest.CallInfo[None]) -> list[Found]:
    """Return the failures behind a phase's exception, each with its own, and tidy these up before they are shown."""
    if call.excinfo is None:
        return []
    error = call.excinfo.value
    failures = []
    for link in chain_of(error):
        failure = link.__dict__.get("harness_failure")
        if failure is not None:
            failures.append((link, failure))
            notes = getattr(link, "__notes__", [])
            link.__notes__ = [note for note in notes if note != failure.report]
    if not item.config.getoption("fulltrace", False):
        for link in chain_of(error):
            link.__traceback__ = without_our_frames(link, link.__traceback__)
        error.__traceback__ = end_at_test(item, error.__traceback__)
        call.excinfo = pytest.ExceptionInfo.from_exception(error)
    return failures


def show_failures(
    item: pytest.Item, report: pytest.TestReport, failures: list[Found], options: ProjectOptions
) -> None:
    """Put a section for the failures under the exception."""
    if not failures or report.longrepr is None or isinstance(report.longrepr, tuple):
        return
    text = "\n\n".join(_section(item, error, failure, options) for error, failure in failures)
    add_section = getattr(report.longrepr, "addsection", None)
    if add_section is not None:
        add_section(_TITLE, text, "-")
    else:
        report.sections.append((_TITLE, text))


def _section(
    item: pytest.Item, error: BaseException, failure: Failure, options: ProjectOptions
) -> str:
    # If the exception is ours, it says how it ended itself.
    story = [] if failure.story == str(error) else [failure.story, ""]
    replay = _replay_line(item, failure.token, options)
    return "\n".join([*story, failure.picture, "", replay, *failure.remarks])


def _replay_line(item: pytest.Item, token: str, options: ProjectOptions) -> str:
    flags = [*options.flags_to_repeat(), f"--harness-replay={quoted(token)}"]
    return f"replay: pytest {quoted(_address_of(item))} {' '.join(flags)}"


def _address_of(item: pytest.Item) -> str:
    """Return the node id as pytest takes it where it was called."""
    path, separator, names = item.nodeid.partition("::")
    where = item.config.invocation_params.dir
    if where != item.config.rootpath:
        path = os.path.relpath(item.config.rootpath / path, where).replace(os.sep, "/")
    return path + separator + names
