"""What C code does through the functions of C that it is given, like `map` and `sorted`.

Which of its other arguments such a function gets nobody knows, so it is taken to get all of them.
"""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter, methodcaller
from types import (
    MethodDescriptorType,
    MethodWrapperType,
    WrapperDescriptorType,
)
from typing import Any

from harness.control.accesses.containers import is_kind_of_container, only_reads
from harness.kinds import BUILTIN_METHODS, is_a

CACHE = type(lru_cache(len))
# What is done to what is given, one bit each.
READS_ATTRIBUTES, SETS_ATTRIBUTES, CHANGES_ITEMS = 1, 2, 4
_ATTRIBUTES = {
    **dict.fromkeys(("getattr", "hasattr", "vars", "dir", "__getattribute__"), READS_ATTRIBUTES),
    **dict.fromkeys(("setattr", "delattr", "__setattr__", "__delattr__"), SETS_ATTRIBUTES),
}
FUNCTIONS_THAT_WRITE = frozenset(
    (
        *("heappush", "heappop", "heapify", "heapreplace", "heappushpop"),
        *("insort", "insort_left", "insort_right", "shuffle", "next"),
        *("_count_elements", "SubElement"),
        *("setitem", "delitem", "iadd", "iconcat", "ior", "iand", "isub", "ixor", "imul"),
    )
)
_UNBOUND_METHODS = (MethodDescriptorType, WrapperDescriptorType)


def effects_of(one: Any) -> int:
    """Return what a function does to what it gets, nothing if it is none that is known."""
    kind = type(one)
    if kind in BUILTIN_METHODS:
        name = one.__name__
        return _ATTRIBUTES.get(name, CHANGES_ITEMS if name in FUNCTIONS_THAT_WRITE else 0)
    if kind in _UNBOUND_METHODS:
        changes = is_kind_of_container(one.__objclass__) and not only_reads(one.__name__)
        return _ATTRIBUTES.get(one.__name__, CHANGES_ITEMS if changes else 0)
    if kind is attrgetter:
        return READS_ATTRIBUTES
    if kind is methodcaller:
        return 0 if only_reads(name_called_by(one)) else CHANGES_ITEMS
    return 0


def effects_of_bound(method: Any) -> int:
    """Return what a bound method, like `one.__setattr__`, does to the object that it belongs to."""
    return _ATTRIBUTES.get(method.__name__, 0) if type(method) is MethodWrapperType else 0


def name_called_by(caller: Any) -> str:
    """Return the name of the method that a `methodcaller` calls."""
    return str(arguments_of(caller)[0])


def arguments_of(made: Any) -> Any:
    """Return the arguments that an `attrgetter`, an `itemgetter` or a `methodcaller` was made of."""
    made_by, arguments = made.__reduce__()[:2]
    # A partial of methodcaller, if there are keywords.
    return arguments if is_a(made_by, type) else made_by.args
