"""Find what exists already: the functions in scope, and objects that need care in an execution."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from types import CellType, CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any
from weakref import ref

from harness.instrument.scope import OTHER_TOOLS, CodeScope
from harness.instrument.several_steps import has_some
from harness.kinds import fields_of, is_a, is_any_of, module_of, namespace_of

_MOST_OBJECTS = 20_000  # of one walk; what lies behind is found by the next look at the heap
_CONTAINERS: tuple[tuple[type, Callable[[Any], Iterable[Any]]], ...] = (
    *((kind, kind.__iter__) for kind in (list, tuple, set, frozenset)),
    (dict, dict.values),
)


class Heap:
    """Know what the heap held when it was searched last, for all installations of one scope.

    Args:
        scope: which code gets hooks.
        wanted: types whose instances are found, too.
    """

    def __init__(self, scope: CodeScope, wanted: tuple[type, ...]) -> None:
        self.scope = scope
        self._wanted = wanted
        self._code: CodeType | None = None  # the body's for which it was searched
        self._modules = 0
        self._found: list[ref[Any]] = []

    def found_for(self, code: CodeType | None) -> tuple[list[FunctionType], list[Any]]:
        """Return the functions in scope and the wanted objects.

        They are searched for once for each body, unless there are new modules.
        """
        if code is None or code is not self._code or len(sys.modules) != self._modules:
            self._code, self._modules = code, len(sys.modules)
            functions = everywhere(self.scope)
            others = in_modules(self._wanted)
            self._found = [ref(found) for found in (*functions, *others)]
            return functions, others
        alive = [found for reference in self._found if (found := reference()) is not None]
        return (
            [found for found in alive if type(found) is FunctionType],
            [found for found in alive if type(found) is not FunctionType],
        )

    def reachable_from(self, roots: Iterable[object]) -> tuple[list[FunctionType], list[Any]]:
        """Return the functions in scope and the wanted objects that roots lead to."""
        return reachable(roots, self.scope, self._wanted)


def everywhere(scope: CodeScope) -> list[FunctionType]:
    """Return all functions in scope that the heap holds."""
    heap = gc.get_objects()
    # The collector does not list what it has frozen. With its first thread, 3.13 without a GIL
    # freezes the functions, classes and modules of that moment, among them those of `os`.
    lists_no_functions = not gc.is_tracked(os.walk)
    if lists_no_functions:
        heap += gc.get_referents(*heap)
    outside = scope.outside  # most of a heap are functions of the same few libraries
    functions = [
        candidate
        for candidate in heap
        if type(candidate) is FunctionType
        and candidate.__code__.co_filename not in outside
        and scope.contains(candidate.__code__, candidate.__globals__)
    ]
    if lists_no_functions or gc.get_freeze_count():
        for module in list(sys.modules.values()):
            names = namespace_of(module)
            if scope.contains_namespace(names) or has_some(names.get("__file__")):
                functions += reachable(names.values(), scope, ())[0]
    return functions


def in_modules(wanted: tuple[type, ...]) -> list[Any]:
    """Return the objects of the wanted types that modules hold, or an attribute of theirs.

    The standard library and the tools that run tests are left out, but for loggers: in CPython
    3.13.5 a `local` of their class says that this thread is logging, and then they drop messages.
    """
    found = [held for held in _of_class(logging.Logger) if is_any_of(held, wanted)]
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if (top in sys.stdlib_module_names and top != "__main__") or top in OTHER_TOOLS:
            continue
        for value in list(namespace_of(module).values()):
            if is_any_of(value, wanted):
                found.append(value)
            elif not is_any_of(value, (type, ModuleType, FunctionType)):
                fields = fields_of(value)
                found += [held for held in list(fields.values()) if is_any_of(held, wanted)]
    return found


def reachable(
    roots: Iterable[Any], scope: CodeScope, wanted: tuple[type, ...]
) -> tuple[list[FunctionType], list[Any]]:
    """Return the functions in scope, and the objects of the wanted types, that roots lead to.

    The walk follows closures, defaults, classes, instances of classes in scope and the standard
    containers; not globals, which `everywhere` has seen.
    """
    functions: list[FunctionType] = []
    others: list[Any] = []
    seen: set[int] = set()
    stack = list(roots)
    while stack and len(seen) < _MOST_OBJECTS:
        candidate = stack.pop()
        if id(candidate) in seen:
            continue
        seen.add(id(candidate))
        if type(candidate) is FunctionType and scope.contains(
            candidate.__code__, candidate.__globals__
        ):
            functions.append(candidate)
        if is_any_of(candidate, wanted):
            others.append(candidate)
        stack.extend(_neighbours(candidate, scope))
    return functions, others


def _neighbours(candidate: Any, scope: CodeScope) -> Iterable[Any]:
    kind = type(candidate)
    follow = _FOLLOW.get(kind)
    if follow is not None:
        return follow(candidate)
    if is_a(candidate, type):
        return _of_class(candidate) if _class_is_in_scope(candidate, scope) else ()
    for container, items in _CONTAINERS:
        if is_a(candidate, container):
            return items(candidate)  # of the built-in class: a subclass may run the user's code
    if _class_is_in_scope(kind, scope):
        return _of_instance(candidate)
    return ()


def _of_function(function: FunctionType) -> list[Any]:
    found: list[Any] = list(function.__defaults__ or ())
    found += (function.__kwdefaults__ or {}).values()
    found += function.__dict__.values()
    for cell in function.__closure__ or ():
        found += _of_cell(cell)
    return found


def _of_cell(cell: CellType) -> list[Any]:
    try:
        return [cell.cell_contents]
    except ValueError:  # it is empty
        return []


def _of_class(kind: type) -> list[Any]:
    return [*kind.__dict__.values(), *kind.__bases__]


def _of_instance(candidate: Any) -> list[Any]:
    found: list[Any] = [type(candidate)]
    found += fields_of(candidate).values()
    for base in type(candidate).__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            descriptor = base.__dict__.get(name)
            if type(descriptor) is MemberDescriptorType:
                try:
                    found.append(descriptor.__get__(candidate, base))
                except AttributeError:  # it is empty
                    continue
    return found


def _class_is_in_scope(kind: type, scope: CodeScope) -> bool:
    name = module_of(kind)
    module = sys.modules.get(name) if isinstance(name, str) else None
    return module is not None and scope.contains_namespace(module.__dict__)


_FOLLOW: dict[type, Callable[[Any], Iterable[Any]]] = {
    FunctionType: _of_function,
    MethodType: lambda method: (method.__func__, method.__self__),
    staticmethod: lambda method: (method.__func__,),
    classmethod: lambda method: (method.__func__,),
    property: lambda descriptor: (descriptor.fget, descriptor.fset, descriptor.fdel),
    cached_property: lambda descriptor: (descriptor.func,),
    partial: lambda made: (made.func, *made.args, *made.keywords.values()),
    CellType: _of_cell,
    ModuleType: lambda module: (),
    dict: lambda mapping: mapping.values(),
}
