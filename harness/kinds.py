"""Ask what an object of the user's is without asking the object.

`isinstance` and `getattr` may run a `__class__` property or a `__getattr__`: lazy objects and
proxies have them, and load what they stand for, or fail, or go round in circles.
"""

from __future__ import annotations

from types import GetSetDescriptorType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, TypeGuard, TypeVar

_T = TypeVar("_T")


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
    for base in type(candidate).__mro__:
        descriptor: Any = base.__dict__.get("__dict__")
        if type(descriptor) in _GETS_THE_DICT:
            fields = descriptor.__get__(candidate)
            return fields if type(fields) is dict else None
    return None


def namespace_of(module: object) -> dict[str, Any]:
    """Return the names of a module, none if something else stands in `sys.modules`."""
    return module.__dict__ if is_a(module, ModuleType) else {}


def function_behind(method: Any) -> Any:
    """Return the function that a method, a classmethod or a staticmethod calls, or what it got."""
    if type(method) in _METHODS:
        return method.__func__
    return method


_GETS_THE_DICT = (GetSetDescriptorType, MemberDescriptorType)
_METHODS = (MethodType, classmethod, staticmethod)
