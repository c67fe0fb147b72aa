"""Which containers C code reads that looks into what it gets: those in it, too.

C code that compares, formats, adds up or copies a list reads the lists in that list; it calls the
functions that it is given. How deep it looks nobody knows, so everything is taken for read that
containers, iterators and partial functions lead to. Attributes count only where it is known that
they are read.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable
from functools import partial
from itertools import islice
from types import CellType, GeneratorType, SimpleNamespace
from typing import Any

from harness.control.accesses.containers import (
    BOUND_METHODS,
    goes_on,
    is_container,
    is_lazy,
    is_opaque,
    of_advance,
    of_whole,
    only_reads,
)
from harness.control.accesses.given_functions import (
    CACHE,
    CHANGES_ITEMS,
    READS_ATTRIBUTES,
    SETS_ATTRIBUTES,
    effects_of,
    effects_of_bound,
)
from harness.control.accesses.locations import NOTHING, Accessed, Touch, of_any_attribute
from harness.kinds import can_change, fields_of, is_a, is_any_of, slots_of
from harness.operation import READ, WRITE

_CACHED = "<cache>"
_MOST_OBJECTS = 100
_MOST_ITEMS = 200  # of one of them
_ATOMS = frozenset((bool, int, float, complex, str, bytes, range, slice, type(None)))
_SEQUENCES = (list, tuple, deque)  # sets have an order that differs from run to run
_LEADING_ON = (CellType, GeneratorType)
_ON_ATTRIBUTES = READS_ATTRIBUTES | SETS_ATTRIBUTES
_arguments_of_exception: Any = BaseException.__dict__["args"].__get__


def of_contents(
    objects: Iterable[Any], *, attributes: bool = False, classes: bool = False
) -> Accessed:
    """Resolve a call of code that may look into all of `objects`.

    Args:
        objects: what it gets.
        attributes: whether it reads the attributes of what it finds.
        classes: whether it reads those of classes, too.
    """
    objects = list(objects)
    effects = READS_ATTRIBUTES if attributes else 0
    reached = _reached_from(objects, attributes, classes)
    for one in reached:
        effects |= effects_of(one)
    if effects & _ON_ATTRIBUTES and not classes:
        reached = _reached_from(objects, True, True)
    found = [_of_one(one, effects) for one in reached]
    touches = tuple(touch for accessed in found for touch in accessed.touches)
    label = next((accessed.label for accessed in found if accessed.touches), "")
    return Accessed(touches, label) if touches else NOTHING


def _reached_from(objects: list[Any], attributes: bool, classes: bool) -> list[Any]:
    left, seen = objects[::-1], dict[int, Any]()
    while left and len(seen) < _MOST_OBJECTS:
        one = left.pop()
        is_left_out = not (classes and can_change(one)) if is_a(one, type) else type(one) in _ATOMS
        if not is_left_out and id(one) not in seen:
            seen[id(one)] = one  # kept, so that no id is used again
            left += list(islice(_parts_of(one, attributes), _MOST_ITEMS))[::-1]
    return list(seen.values())


def of_object(owner: Any, label: str, *, write: bool) -> Accessed:
    """Resolve a step of the standard library's Python code on an object of a class of its own."""
    accessed = of_any_attribute("setattr" if write else "getattr", owner)
    for one in (owner, *fields_of(owner).values()):
        if is_container(one):
            accessed = accessed.joined(of_whole(one, write=write))
    return accessed._replace(label=label)


def of_cache(function: Any, *, write: bool) -> Accessed:
    """Resolve a look at what a function under `functools.lru_cache` has returned before."""
    touch = Touch(function, _CACHED, WRITE if write else READ)
    return Accessed((touch,), f"cache of {function.__wrapped__.__name__}()")


def _of_one(one: Any, effects: int) -> Accessed:  # noqa: PLR0911  one for each kind
    if is_container(one):
        return of_whole(one, write=goes_on(one) or bool(effects & CHANGES_ITEMS))
    if is_lazy(one):
        return of_advance(one)
    if type(one) is CACHE:
        return of_cache(one, write=True)
    if type(one) in BOUND_METHODS:
        if is_container(one.__self__):
            return of_whole(one.__self__, write=not only_reads(one.__name__))
        effects = effects_of_bound(one)
        one = one.__self__
    if effects & SETS_ATTRIBUTES:
        return of_any_attribute("setattr", one)
    if type(one) is SimpleNamespace or effects & READS_ATTRIBUTES:
        return of_any_attribute("getattr", one)
    return NOTHING


def _parts_of(one: Any, attributes: bool) -> Iterable[Any]:  # noqa: PLR0911  one for each kind
    for kind in _SEQUENCES:
        if is_a(one, kind):
            return kind.__iter__(one)  # type: ignore[arg-type]  # it is one of that kind
    if is_a(one, dict):
        return iter(list(dict.values(one)))
    if type(one) is partial:
        return iter((one.func, *one.args, *one.keywords.values()))
    if is_any_of(one, _LEADING_ON) or is_lazy(one):
        return iter(gc.get_referents(one))
    if is_a(one, BaseException):
        return iter(tuple(_arguments_of_exception(one)))
    if type(one) is SimpleNamespace or (attributes and not is_opaque(one)):
        return iter([*fields_of(one).values(), *slots_of(one)])
    return iter(())
