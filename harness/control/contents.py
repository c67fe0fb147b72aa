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
from operator import attrgetter
from types import BuiltinFunctionType, CellType, GeneratorType, SimpleNamespace
from typing import Any

from harness.control.containers import (
    is_container,
    is_lazy,
    is_opaque,
    of_advance,
    of_iteration,
    of_whole,
    only_reads,
)
from harness.control.locations import NOTHING, Accessed, of_any_attribute
from harness.kinds import fields_of, is_a, is_any_of

_MOST_OBJECTS = 100
_MOST_ITEMS = 200  # of one of them
_ATOMS = frozenset((bool, int, float, complex, str, bytes, range, slice, type(None), type))
_SEQUENCES = (list, tuple, deque)  # sets have an order that differs from run to run
_LEADING_ON = (CellType, GeneratorType)


def of_contents(objects: Iterable[Any], *, attributes: bool = False) -> Accessed:
    """Resolve a call of code that may look into all of `objects`.

    Args:
        objects: what it gets.
        attributes: whether it reads the attributes of what it finds.
    """
    found: list[Accessed] = []
    left = list(objects)[::-1]
    attributes = attributes or any(type(one) is attrgetter for one in left)
    seen: dict[int, Any] = {}
    while left and len(seen) < _MOST_OBJECTS:
        one = left.pop()
        if type(one) in _ATOMS or id(one) in seen:
            continue
        seen[id(one)] = one  # kept, so that no id is used again
        found.append(_of_one(one, attributes))
        left += list(islice(_parts_of(one, attributes), _MOST_ITEMS))[::-1]
    touches = tuple(touch for accessed in found for touch in accessed.touches)
    label = next((accessed.label for accessed in found if accessed.touches), "")
    return Accessed(touches, label) if touches else NOTHING


def of_all_items(kind: str, operand: Any, other: Any, *, write: bool, known: bool) -> Accessed:
    """Resolve a hook that is about all items of something.

    Args:
        kind: the hook's name, like `step`.
        operand: the container, or an iterator.
        other: what is put in, or added to it.
        write: whether the hook is about a change.
        known: whether an iterator was there before the loop.
    """
    accessed = of_iteration(operand, write=write)
    if kind == "unpack" or (kind == "step" and known):
        return accessed.joined(of_advance(operand))
    if kind in ("write_slice", "inplace"):
        return accessed.joined(of_contents((other,)))
    return accessed


def _of_one(one: Any, attributes: bool) -> Accessed:
    if is_container(one):
        return of_whole(one, write=type(one) is GeneratorType)
    if is_lazy(one):
        return of_advance(one)
    if type(one) is BuiltinFunctionType and is_container(one.__self__):
        return of_whole(one.__self__, write=not only_reads(one.__name__))
    if type(one) is SimpleNamespace or (attributes and not is_a(one, type)):
        return of_any_attribute("getattr", one)
    return NOTHING


def _parts_of(one: Any, attributes: bool) -> Iterable[Any]:
    for kind in _SEQUENCES:
        if is_a(one, kind):
            return kind.__iter__(one)  # type: ignore[arg-type]  # it is one of that kind
    if is_a(one, dict):
        return iter(list(dict.values(one)))
    if type(one) is partial:
        return iter((one.func, *one.args, *one.keywords.values()))
    if is_any_of(one, _LEADING_ON) or is_lazy(one):
        return iter(gc.get_referents(one))
    if attributes and not is_opaque(one):
        return iter(list(fields_of(one).values()))
    return iter(())
