"""Check the options whose values only the engine knows; it is loaded for that."""

from __future__ import annotations

from typing import Any

from harness.arguments import check_carrier, check_model
from harness.errors import UsageError
from harness.instrument.scope import CodeScope
from harness.interleaving import Interleaving
from harness.replay_token import parse_token
from harness.search_options import SearchOptions

__all__ = ["UsageError", "check"]


def check(name: str, value: Any) -> None:
    """Check one option's value.

    Raises:
        UsageError: when no exploration could use it.
    """
    if name == "search":
        SearchOptions.checked(search=value)
    elif name == "model":
        check_model(value)
    elif name == "carrier":
        check_carrier(value)
    elif name == "instrument":
        CodeScope(value)
    else:
        _check_token(value)


def _check_token(token: str) -> None:
    if "#" not in token:
        interleaving = Interleaving.parse(token)
        raise UsageError(
            f"{token!r} is an interleaving, but no token: the '#' and its digits are missing, which "
            "say what it was made for. Copy the whole token from the failure report, like "
            f"'T1@2>T2#1a2b3c4d', or call harness.run(body, {interleaving!r})."
        )
    parse_token(token)
