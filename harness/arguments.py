"""Check the arguments that several verbs take."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from functools import partial
from typing import Literal, TypeAlias, get_args

from harness.errors import UsageError

SearchName: TypeAlias = Literal["auto", "random", "pct", "pos", "surw", "exhaustive"]
ModelName: TypeAlias = Literal["free-threaded", "gil"]
CarrierName: TypeAlias = Literal["greenlets", "threads"]
MODELS = get_args(ModelName)
CARRIERS = get_args(CarrierName)


def check_body(body: object) -> None:
    """Raise a UsageError unless `body` can be called without arguments and runs by that."""
    if not callable(body):
        raise UsageError(f"The body is {body!r}, which cannot be called. Give a function.")
    called = body if inspect.isroutine(body) or isinstance(body, partial) else type(body).__call__
    if inspect.iscoroutinefunction(called) or inspect.isasyncgenfunction(called):
        raise UsageError(
            f"The body {body!r} is a coroutine function. Give a plain function; "
            "it may call asyncio.run()."
        )
    if inspect.isgeneratorfunction(called):
        raise UsageError(f"The body {body!r} is a generator function, so calling it runs nothing.")
    try:
        parameters = inspect.signature(body).parameters.values()
    except (TypeError, ValueError):
        return  # C code, whose arguments nobody knows
    needed = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if needed:
        raise UsageError(
            f"The body {body!r} needs arguments: {', '.join(needed)}. Give a callable without "
            "arguments, like `lambda: body(...)` or functools.partial."
        )


def check_model(model: str) -> None:
    """Raise a UsageError unless `model` says where a switch is allowed."""
    if model not in MODELS:
        raise UsageError(f"model={model!r} is unknown. Use one of {', '.join(map(repr, MODELS))}.")
    if model == "gil" and not has_gil():
        raise UsageError(
            "model='gil' allows a switch where this interpreter hands over the GIL, and it runs "
            "without one. Use model='free-threaded', or a build with a GIL."
        )


def check_carrier(carrier: str) -> None:
    """Raise a UsageError unless `carrier` says what tasks run on."""
    if carrier not in CARRIERS:
        raise UsageError(
            f"carrier={carrier!r} is unknown. Use one of {', '.join(map(repr, CARRIERS))}."
        )


def check_progress(progress: object) -> None:
    """Raise a UsageError unless `progress` can be told how far a search has come."""
    if progress is not None and not callable(progress):
        raise UsageError(
            f"progress={progress!r}, which cannot be called. Give a function of one argument, "
            "like print, or leave it out."
        )


def has_gil() -> bool:
    """Say whether this interpreter has a GIL to hand over."""
    is_enabled = getattr(sys, "_is_gil_enabled", None)  # 3.13 and later
    return is_enabled is None or bool(is_enabled())


def check_max_steps(max_steps: int) -> None:
    """Raise a UsageError unless `max_steps` is a number of switch points."""
    if type(max_steps) is not int or max_steps < 1:
        raise UsageError(
            f"max_steps={max_steps!r}. Give a whole number of switch points, 1 or more."
        )


def check_max_delay(max_delay: float | None) -> None:
    """Raise a UsageError unless `max_delay` is a number of virtual seconds, or None."""
    if max_delay is not None and (type(max_delay) not in (int, float) or not max_delay > 0):
        raise UsageError(
            f"max_delay={max_delay!r}. Give a positive number of virtual seconds, or leave it out."
        )


def checked_packages(instrument: Sequence[str]) -> tuple[str, ...]:
    """Return the names of packages, or raise a UsageError if it is no sequence of them."""
    if isinstance(instrument, str) or not isinstance(instrument, Sequence):
        raise UsageError(
            f"instrument={instrument!r}. Give a tuple of package names, like ('cachetools',)."
        )
    return tuple(instrument)
