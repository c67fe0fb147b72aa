"""Check the arguments that several verbs take."""

from __future__ import annotations

import inspect
from functools import partial

from harness.errors import UsageError


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
