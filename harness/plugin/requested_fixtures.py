"""What pytest knows about a test's fixtures: the one place that uses its internals."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from harness.plugin.session import Session

_EXPLORING = "interleave"
_ALWAYS_THERE = "request"  # pytest gives it by itself, without a definition


def arguments_of(item: pytest.Function) -> tuple[str, ...]:
    """Return the names that the test function has as arguments and pytest fills in."""
    return tuple(item._fixtureinfo.argnames)


def warn_if_forgotten(item: pytest.Item, session: Session) -> None:
    """Warn of a test that has the fixture `interleave` as an argument and has not called it."""
    if session.was_asked or not isinstance(item, pytest.Function):
        return
    if _EXPLORING in arguments_of(item):
        warnings.warn(
            pytest.PytestWarning(
                f"{item.name} asks for the fixture `{_EXPLORING}` and never calls it, so nothing "
                f"was explored. Call {_EXPLORING}(body), or leave the argument out."
            ),
            stacklevel=1,
        )


def function_scoped(item: pytest.Function) -> list[str]:
    """Return the fixtures of function scope that the test asks for by name.

    Those that pytest uses by itself, and parameters, are none of them.
    """
    wanted = dict.fromkeys(arguments_of(item))
    for marker in item.iter_markers("usefixtures"):
        wanted.update(dict.fromkeys(marker.args))
    definitions = item._fixtureinfo.name2fixturedefs
    return [
        name
        for name in wanted
        if name == _ALWAYS_THERE or _is_function_scoped(definitions.get(name))
    ]


def _is_function_scoped(definitions: Any) -> bool:
    if not definitions:
        return False
    last = definitions[-1]
    is_parameter = getattr(last.func, "__name__", "") == "get_direct_param_fixture_func"
    return last.scope == "function" and not is_parameter
