"""Ask what an object of the user's is without asking the object.

`isinstance` and `getattr` may run a `__class__` property or a `__getattr__`: lazy objects and
proxies have them, and load what they stand for, or fail, or go round in circles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from gc import get_referents
from types import (
    BuiltinFunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, TypeGuard, TypeVar

_T = TypeVar("_T")
# Methods of C that are told their class have a type of their own, without a name in `types`.
BUILTIN_METHODS = (BuiltinFunctionType, type(re.compile("").match))


def is_a(candidate: object, kind: type[_T]) -> TypeGuard[_T]:
    """Say whether `candidate` really is an instance of `kind`."""
    return issubclass(type(candidate), kind)


def is_any_of(candidate: object, kinds: tuple[type, ...]) -> bool:
    """Say whether `candidate` really is an instance of one of the kinds."""
    return issubclass(type(candidate), kinds)


def fields_of(candidate: object) -> dict[str, Any]:
    """Return the dictionary of an instance's attributes, an empty one if it has none."""
    found = instance_dict(candidate)
    return {} if found is None else found


def instance_dict(candidate: object) -> dict[str, Any] | None:
    """Return the dictionary of an instance's attributes, whatever its class calls `__dict__`."""
    for base in mro_of(type(candidate)):
        descriptor: Any = names_of(base).get("__dict__")
        if type(descriptor) in _GETS_THE_DICT:
            fields = descriptor.__get__(candidate)
            return fields if type(fields) is dict else None
    return None


def dictionary_of(candidate: object) -> dict[str, Any]:
    """Return the dictionary of an instance's attributes, or of a class's own ones."""
    if is_a(candidate, type):
        (fields,) = get_referents(names_of(candidate))
        return fields  # type: ignore[no-any-return]
    return fields_of(candidate)


def slots_of(candidate: object) -> list[Any]:
    """Return the values of an instance's slots that have one."""
    found = []
    for base in mro_of(type(candidate)):
        if is_heap_type(base):
            for slot in names_of(base).values():
                if type(slot) is MemberDescriptorType:
                    with suppress(AttributeError):
                        found.append(slot.__get__(candidate))
    return found


def namespace_of(module: object) -> dict[str, Any]:
    """Return the names of a module, none if something else stands in `sys.modules`."""
    return _namespace_of_module(module) if is_a(module, ModuleType) else {}


def mro_of(kind: type) -> tuple[type, ...]:
    """Return a class and its bases, in the order in which attributes are looked for."""
    return _mro_of_class(kind)  # type: ignore[no-any-return]


def names_of(kind: type) -> Mapping[str, Any]:
    """Return the attributes that a class has itself."""
    return _names_of_class(kind)  # type: ignore[no-any-return]


def name_of(kind: type) -> str:
    """Return the name of a class."""
    return _name_of_class(kind)  # type: ignore[no-any-return]


def module_of(kind: type) -> Any:
    """Return the name of the module that a class says it comes from."""
    try:
        return _module_of_class(kind)
    except AttributeError:  # C code has made it, by a name without a module's
        return ""


def holder_of(kind: type, name: str) -> type | None:
    """Return the class, `kind` or a base of it, that has an attribute of its own."""
    for base in mro_of(kind):
        if name in names_of(base):
            return base
    return None


def attribute_of(kind: type, name: str) -> Any:
    """Return what a class, or else the nearest base, has under a name, `None` if nothing."""
    holder = holder_of(kind, name)
    return None if holder is None else names_of(holder)[name]


def is_heap_type(kind: type) -> bool:
    """Say whether a class was made at run time, as Python code makes them: then it can change."""
    return bool(_flags_of_class(kind) & _HEAP_TYPE)


def can_change(kind: type) -> bool:
    """Say whether attributes of a class can be set."""
    return _flags_of_class(kind) & (_HEAP_TYPE | _IMMUTABLE_TYPE) == _HEAP_TYPE  # type: ignore[no-any-return]


def function_behind(method: Any) -> Any:
    """Return the function that a method, a classmethod or a staticmethod calls, or what it got."""
    if type(method) in _METHODS:
        return method.__func__
    return method


# A metaclass, or a class of modules, may have a `__getattribute__` or a `__dict__` of its own.
_mro_of_class = type.__dict__["__mro__"].__get__
_names_of_class = type.__dict__["__dict__"].__get__
_name_of_class = type.__dict__["__name__"].__get__
_module_of_class = type.__dict__["__module__"].__get__
_flags_of_class = type.__dict__["__flags__"].__get__
_of_modules: Any = ModuleType.__dict__
_namespace_of_module = _of_modules["__dict__"].__get__
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_IMMUTABLE_TYPE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE: no class that Python code made is that
_GETS_THE_DICT = (GetSetDescriptorType, MemberDescriptorType)
_METHODS = (MethodType, classmethod, staticmethod)
