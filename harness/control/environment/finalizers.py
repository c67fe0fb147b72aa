"""Know whether an execution has made something whose end runs Python code.

CPython 3.11 collects garbage wherever it allocates what the collector tracks; a finalizer that runs
then hands over the GIL. An exploration collects at other times, so that is said beforehand.
"""

from __future__ import annotations

import weakref
from types import BuiltinFunctionType, FunctionType
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.kinds import is_a

_CALLBACKS = (weakref.ref, weakref.finalize)
_OF_CALLBACKS = frozenset(("weakref", "_weakrefset"))  # their code makes references with callbacks
_GENERATOR = 0x20 | 0x80 | 0x200  # CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR


class Finalizers:
    """Look at what is called, for what it may make."""

    def __init__(self) -> None:
        self._epoch = 0  # of the last execution that made something

    def look_at_call(self, function: Any) -> None:
        """Take note if what a call of `function` makes runs Python code at its end."""
        if self._epoch != running.epoch and _makes_a_finalizer(function):
            self._epoch = running.epoch

    def may_run(self) -> bool:
        """Say whether a collection could run one."""
        return self._epoch == running.epoch


def _makes_a_finalizer(function: Any) -> bool:
    kind = type(function)
    if kind is FunctionType:
        code = function.__code__
        # An unfinished generator runs its `finally` when it is collected.
        is_cleaned_up = bool(code.co_flags & _GENERATOR and code.co_exceptiontable)
        return is_cleaned_up or function.__module__ in _OF_CALLBACKS
    if is_a(function, type):
        return (
            issubclass(function, _CALLBACKS)
            or function.__dict__.get("__module__") in _OF_CALLBACKS
            or any(type(base.__dict__.get("__del__")) is FunctionType for base in function.__mro__)
        )
    # Which class `__new__` is given is among its arguments.
    return kind is BuiltinFunctionType and function.__name__ == "__new__"


finalizers = Finalizers()
