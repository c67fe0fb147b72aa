"""What can be reached from an object, as far as code in scope is likely to reach it."""

from __future__ import annotations

from functools import partial
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

from harness.instrument.scope import CodeScope
from harness.kinds import fields_of

_OF_EVERY_THREAD = frozenset(
    (
        *("_name", "_daemonic", "_ident", "_native_id", "_started", "_initialized", "_stderr"),
        *("_invoke_excepthook", "_hypothread_epoch", "_hypothread_task", "_tstate_lock"),
        *("_is_stopped", "_handle", "_os_thread_handle", "_context"),
    )
)
_PLAIN = frozenset(
    (int, str, bytes, float, bool, type(None), complex, range, type(...), ModuleType)
)


def is_shared(one: Any) -> bool:
    """Say whether an object is one that tasks can change for each other, or leads to one."""
    return type(one) not in _PLAIN and not issubclass(type(one), type)


def parts_of(one: Any, scope: CodeScope) -> list[Any]:  # noqa: PLR0911  one for each kind
    """Return what an object refers to, without running any user code."""
    kind = type(one)
    if kind is list or kind is tuple:
        return list(one)
    if kind is dict:
        return list(one.values())
    if kind is CellType:
        return _contents(one)
    if kind is MethodType:
        return [one.__self__, one.__func__]
    if kind is FunctionType:
        return _parts_of_function(one) if scope.contains(one.__code__, one.__globals__) else []
    if kind is partial:
        return [one.func, *one.args, *one.keywords.values()]
    return [value for _, value in _fields(one)]


def own_parts_of_thread(thread: Any) -> list[Any]:
    """Return the fields of a thread that do not belong to the machinery of every thread."""
    return [value for name, value in _fields(thread) if name not in _OF_EVERY_THREAD]


def _contents(cell: CellType) -> list[Any]:
    try:
        return [cell.cell_contents]
    except ValueError:
        return []


def _parts_of_function(function: FunctionType) -> list[Any]:
    namespace = function.__globals__
    named = [namespace[name] for name in function.__code__.co_names if name in namespace]
    return [*(function.__closure__ or ()), *(function.__defaults__ or ()), *named]


def _fields(one: Any) -> list[tuple[str, Any]]:
    return list(fields_of(one).items())
