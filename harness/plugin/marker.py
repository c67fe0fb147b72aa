"""The marker `@pytest.mark.interleave`: a test function that is a body itself."""

from __future__ import annotations

import inspect
import unittest
from functools import partial
from typing import Any

import pytest

from harness.plugin.options import NAMES
from harness.plugin.requested_fixtures import arguments_of, function_scoped
from harness.plugin.session import Session

_MARKER = "interleave"
_NAMES = (*NAMES, "stop_at_failure")  # which a whole project cannot have


def register_marker(config: pytest.Config) -> None:
    """Make the marker known to pytest."""
    arguments = ", ".join(f"{name}=None" for name in _NAMES)
    config.addinivalue_line(
        "markers", f"{_MARKER}({arguments}): explore the interleavings of this test's threads"
    )


def is_explored(item: pytest.Item) -> bool:
    """Say whether a test has the marker."""
    return item.get_closest_marker(_MARKER) is not None


def explore_test(item: pytest.Function, session: Session) -> None:
    """Explore a test function, with its parameters and fixtures as arguments."""
    __tracebackhide__ = True
    from harness.plugin.exploring import Interleave  # noqa: PLC0415  it loads the engine

    arguments = {name: item.funcargs[name] for name in arguments_of(item)}
    body = partial(item.obj, **arguments) if arguments else item.obj
    Interleave(session)(body, **_options_of(item))


def refusal(item: pytest.Item) -> str | None:
    """Return why a marked test cannot be explored, and what to do; `None` if it can."""
    if not is_explored(item) or not isinstance(item, pytest.Function):
        return None
    reason = _bad_option(item) or _bad_function(item) or _bad_fixture(item)
    return None if reason is None else f"@pytest.mark.{_MARKER} on {item.nodeid}: {reason}"


def mark_thread_unsafe(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests that explore for pytest-run-parallel, if it is there."""
    known = [line.partition(":")[0].partition("(")[0] for line in config.getini("markers")]
    if "thread_unsafe" not in known:
        return
    for item in items:
        if is_explored(item) or _MARKER in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.thread_unsafe(reason="explores interleavings"))


def _options_of(item: pytest.Item) -> dict[str, Any]:
    """Return the marker's options; a function's go before its class's and its module's."""
    options: dict[str, Any] = {}
    for marker in item.iter_markers(_MARKER):
        options = {**marker.kwargs, **options}
    return options


def _bad_option(item: pytest.Item) -> str | None:
    known = ", ".join(_NAMES)
    for marker in item.iter_markers(_MARKER):
        if marker.args:
            values = ", ".join(map(repr, marker.args))
            return f"it got {values} without a name. Name each option: {known}."
        for name in marker.kwargs:
            if name not in _NAMES:
                return f"it has no option {name!r}. Use some of: {known}."
    return None


def _bad_function(item: pytest.Function) -> str | None:
    function = item.obj
    if item.cls is not None and issubclass(item.cls, unittest.TestCase):
        return (
            "a method of unittest.TestCase is run by unittest, which knows no markers. "
            "Call harness.check(body) inside it, or write a test function."
        )
    if getattr(function, "is_hypothesis_test", False):
        return (
            "it is a Hypothesis test, and each example needs an exploration of its own. Leave the "
            "marker out, ask for the fixture `interleave`, and call interleave(body) in the test."
        )
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return (
            "it is a coroutine function, and what is explored are threads. "
            "Make it a plain function; it may call asyncio.run()."
        )
    return None


def _bad_fixture(item: pytest.Function) -> str | None:
    names = function_scoped(item)
    if not names:
        return None
    several = len(names) > 1
    return (
        f"{_listed(names)} {'have' if several else 'has'} function scope, so "
        f"{'they' if several else 'it'} would be set up once and shared by all executions. "
        f"Give {'them' if several else 'it'} a wider scope, or make what {'they' if several else 'it'} "
        f"give{'' if several else 's'} inside the test."
    )


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    many = len(quoted) > 1
    return f"the fixture{'s' * many} {', '.join(quoted[:-1])}{' and ' * many}{quoted[-1]}"
