"""Where modules hold a real lock, clock or constructor: found once, exchanged for each exploration.

Programs capture names (`from threading import Lock`) and make locks long before an exploration,
and so do the standard library and installed packages, whose code is not rewritten. So every module
is searched once: its globals, the attributes of its classes, the defaults of its functions, and
the fields of the objects that it holds. What lies deeper is met on the stack of code in scope.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, TypeAlias
from weakref import ref

from harness.control.primitives import twins
from harness.instrument.scope import OTHER_TOOLS, CodeScope
from harness.kinds import fields_of, function_behind, is_a, is_any_of, module_of

Replacements: TypeAlias = Mapping[int, tuple[Any, Any]]  # id of an original -> (it, replacement)

# They keep real locks, because no task can lose its turn while it holds one of theirs.
_KEPT_AS_THEY_ARE = frozenset(
    (
        *(
            "threading",
            "_thread",
            "time",
            "queue",
            "os",
            "random",
            "sys",
            "builtins",
            "select",
            "selectors",
        ),
        *(
            "gc",
            "signal",
            "importlib",
            "_frozen_importlib",
            "_frozen_importlib_external",
            "weakref",
        ),
        *("_weakrefset", "linecache", "traceback", "tokenize", "faulthandler"),
    )
)
_handlers: list[ref[logging.Handler]] = logging._handlerList  # type: ignore[attr-defined]
_SIMPLE = (type(None), bool, int, float, complex, str, bytes, tuple, frozenset, dict, list, set)


class _Place:
    """Be one place: how to put something there, and what was there."""

    __slots__ = ("_get", "_given", "_key", "_original", "_owner", "_put", "_replacement")

    def __init__(
        self,
        owner: Any,
        key: str,
        get: Callable[[Any, str], Any],
        put: Callable[[Any, str, Any], None],
        original: Any,
        replacement: Any = None,
    ) -> None:
        self._owner = owner
        self._key = key
        self._get = get
        self._put = put
        self._original = original
        self._replacement = replacement  # None for a lock, whose twin stands for it
        self._given: Any = None

    def exchange(self) -> bool:
        """Put what is controlled there; say whether that was done."""
        original = self._original
        if self._get(self._owner, self._key) is not original:
            return False  # the program has put something else there meanwhile
        given = self._replacement
        if given is None:
            if twins.is_held(original):
                return False  # who uses it is told so, or is found stuck there
            given = twins.pin(original)
        self._given = given
        try:
            self._put(self._owner, self._key, given)
        except Exception:  # of a metaclass, say, that lets nobody set anything
            return False
        return True

    def give_back(self) -> None:
        """Put the original there again, unless the program has changed it itself."""
        if self._get(self._owner, self._key) is self._given:
            self._put(self._owner, self._key, self._original)


class Holders:
    """Know the places in all modules where something is held that an exploration replaces.

    Args:
        replacements: what is replaced by what.
    """

    def __init__(self, replacements: Replacements) -> None:
        self._replacements = replacements
        self._places: list[_Place] = []
        self._modules: dict[str, ref[ModuleType]] = {}
        self._looked_at: tuple[int, object] = (0, None)
        self._exchanged: list[_Place] = []

    def exchange(self, scope: CodeScope) -> None:
        """Put controlled things in all places.

        Args:
            scope: whose modules are searched even if they have the name of a tool.
        """
        looked_at = (len(sys.modules), next(reversed(sys.modules.values())))
        if looked_at != self._looked_at:
            self._looked_at = looked_at
            self._look_at_new_modules(scope)
        handlers = list(_logging_handlers())
        for place in (*self._places, *handlers):
            if place.exchange():
                self._exchanged.append(place)

    def give_back(self) -> None:
        """Put everything back."""
        while self._exchanged:
            self._exchanged.pop().give_back()
        twins.unpin()

    # Inside --------------------------------------------------------------------------------

    def _look_at_new_modules(self, scope: CodeScope) -> None:
        for name, module in list(sys.modules.items()):
            known = self._modules.get(name)
            if (known is not None and known() is module) or type(module) is not ModuleType:
                continue
            self._modules[name] = ref(module)
            top = name.partition(".")[0]
            is_tool = top in OTHER_TOOLS and not scope.contains_namespace(module.__dict__)
            if top not in _KEPT_AS_THEY_ARE and not is_tool:
                self._places += self._places_of(module)

    def _places_of(self, module: ModuleType) -> Iterable[_Place]:
        namespace = module.__dict__
        for name, value in list(namespace.items()):
            yield from self._place(namespace, name, value, _get_item, _set_item)
            if is_a(value, type):
                if module_of(value) == module.__name__:
                    yield from self._places_of_class(value)
            elif type(value) is FunctionType:
                if value.__globals__ is namespace:
                    yield from self._places_of_defaults(value)
            elif type(value) not in _SIMPLE and type(value) is not ModuleType:
                fields = _fields_to_look_at(value)
                for key, field in list(fields.items()):
                    yield from self._place(fields, key, field, _get_item, _set_item)

    def _places_of_class(self, owner: type) -> Iterable[_Place]:
        for name, value in list(owner.__dict__.items()):
            yield from self._place(owner, name, value, _get_of_class, setattr)
            function = function_behind(value)
            if type(function) is FunctionType:
                yield from self._places_of_defaults(function)
            elif type(value) not in _SIMPLE:  # a descriptor like functools.cached_property
                fields = _fields_to_look_at(value)
                for key, field in list(fields.items()):
                    yield from self._place(fields, key, field, _get_item, _set_item)

    def _places_of_defaults(self, function: FunctionType) -> Iterable[_Place]:
        old = function.__defaults__
        if old and any(id(value) in self._replacements for value in old):
            new = tuple([self._replaced(value) for value in old])
            yield _Place(function, "__defaults__", getattr, setattr, old, new)
        for name, value in (function.__kwdefaults__ or {}).items():
            defaults = function.__kwdefaults__
            yield from self._place(defaults, name, value, _get_item, _set_item)

    def _replaced(self, value: Any) -> Any:
        found = self._replacements.get(id(value))
        return value if found is None else found[1]

    def _place(
        self,
        owner: Any,
        key: str,
        value: Any,
        get: Callable[[Any, str], Any],
        put: Callable[[Any, str, Any], None],
    ) -> Iterable[_Place]:
        found = self._replacements.get(id(value))
        if found is not None:
            replacement = found[1]
            if is_a(owner, type) and type(value) is BuiltinFunctionType:
                replacement = staticmethod(replacement)  # a builtin is no method, either
            yield _Place(owner, key, get, put, value, replacement)
        elif twins.is_real(value):
            yield _Place(owner, key, get, put, value)


def _logging_handlers() -> Iterable[_Place]:
    for reference in list(_handlers):
        fields = fields_of(reference())
        lock = fields.get("lock")
        if twins.is_real(lock):
            yield _Place(fields, "lock", _get_item, _set_item, lock)


def _fields_to_look_at(candidate: Any) -> dict[str, Any]:
    return {} if is_any_of(candidate, twins.WITH_OWN_ADOPTION) else fields_of(candidate)


def _get_item(owner: dict[str, Any], key: str) -> Any:
    return owner.get(key)


def _set_item(owner: dict[str, Any], key: str, value: Any) -> None:
    owner[key] = value


def _get_of_class(owner: type, key: str) -> Any:
    return owner.__dict__.get(key)
