"""Which location an access touches: resolved to the owner, without running any user code."""

from __future__ import annotations

import gc
from collections import defaultdict
from types import BuiltinFunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import Any, NamedTuple

from harness.kinds import instance_dict, is_a, is_any_of
from harness.operation import READ, UPDATE, WRITE

_ABSENT: Any = object()
# What of a container is touched besides its items. A whole write is one to all three.
_STRUCTURE = "<structure>"  # a key that comes or goes changes it; iteration and len() read it
_ANY_ITEM = "<any item>"  # each change of an item updates it, and iteration reads it
_NAMED_ITEM = "<item by key>"  # each look at an item reads it
# getattr and setattr may touch each attribute: a hook of a call does not get the name.
# They have the names of the same of a dict, because an instance's attributes are one's items.
_ANY_ATTRIBUTE = _ANY_ITEM  # each write updates it, and getattr reads it
_NAMED_LATER = _NAMED_ITEM  # setattr writes it, and each access reads it
# Two that update one of these need not touch the same: only with one that reads it do they conflict.
ANY_OF_THEM = frozenset((_ANY_ITEM,))
_SIMPLE_KEYS = frozenset((int, str, bytes, float, bool, type(None)))
_CONTAINERS = (list, dict, set, bytearray)


class Touch(NamedTuple):
    """Be one location that an access reads, updates or writes; see `harness.operation`."""

    owner: Any
    name: Any
    mode: int

    @property
    def write(self) -> bool:
        """Say whether it changes anything."""
        return self.mode != READ


class Accessed(NamedTuple):
    """Be what one access touches, what to call it, and the value that is read, if it is known.

    `also` is what it could touch besides, if others changed something before it.
    """

    touches: tuple[Touch, ...]
    label: str
    value: Any = _ABSENT
    also: tuple[Touch, ...] = ()


NOTHING = Accessed((), "")


def has_value(accessed: Accessed) -> bool:
    """Say whether the value that is read is known."""
    return accessed.value is not _ABSENT


def of_attribute(owner: Any, name: str, *, write: bool) -> Accessed:
    """Resolve `owner.name`."""
    if is_a(owner, ModuleType):
        fields = owner.__dict__
        touch = Touch(fields, name, WRITE if write else READ)
        return Accessed((touch,), f"{owner.__name__}.{name}", fields.get(name, _ABSENT))
    if is_a(owner, type):
        holder = owner if write else _holder(owner, name)
        if holder is None:
            return NOTHING
        value = holder.__dict__.get(name, _ABSENT)
        return Accessed(_touches_of(holder, name, write), f"{owner.__name__}.{name}", value)
    return _of_instance_attribute(owner, name, write)


def _of_instance_attribute(owner: Any, name: str, write: bool) -> Accessed:
    kind = type(owner)
    label = f"{kind.__name__}.{name}"
    holder = _holder(kind, name)
    found = _ABSENT if holder is None else holder.__dict__[name]
    if is_a(found, MemberDescriptorType):
        value = _ABSENT
        if not write:
            try:
                value = found.__get__(owner, kind)
            except AttributeError:
                value = _ABSENT
        return Accessed(_touches_of(owner, name, write), label, value)
    if hasattr(type(found), "__set__") and not is_a(found, GetSetDescriptorType):
        return NOTHING  # a property: its own code has points
    fields = instance_dict(owner)
    if fields is None:
        return NOTHING  # the type's instances have no attributes that can change
    own = _touches_of(owner, name, write)
    if write or holder is None:
        return Accessed(own, label, fields.get(name, _ABSENT))
    of_class = _touches_of(holder, name, False)
    if name in fields:
        return Accessed(own, label, fields[name], of_class)
    return Accessed((*own, *of_class), label, found)


def _touches_of(owner: Any, name: str, write: bool) -> tuple[Touch, ...]:
    named_later = Touch(owner, _NAMED_LATER, READ)
    if write:
        return Touch(owner, name, WRITE), named_later, Touch(owner, _ANY_ATTRIBUTE, UPDATE)
    return Touch(owner, name, READ), named_later


def _of_any_attribute(function: str, owner: Any) -> Accessed:
    """Resolve `getattr(owner, …)` and the like, which may touch each attribute."""
    if is_a(owner, ModuleType):
        return NOTHING
    write = function in ("setattr", "delattr")
    mode = WRITE if write else READ
    touches = [Touch(owner, _NAMED_LATER, mode), Touch(owner, _ANY_ATTRIBUTE, mode)]
    if not write:
        for kind in owner.__mro__[1:] if is_a(owner, type) else type(owner).__mro__:
            if kind.__flags__ & _HEAP_TYPE:
                touches += [Touch(kind, _NAMED_LATER, READ), Touch(kind, _ANY_ATTRIBUTE, READ)]
    name = owner.__name__ if is_a(owner, type) else type(owner).__name__
    return Accessed(tuple(touches), f"{name} by {function}()")


_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by Python code, so attributes can change


def of_cell(cell: Any, name: str, *, write: bool) -> Accessed:
    """Resolve a variable of an enclosing function."""
    try:
        value = cell.cell_contents
    except ValueError:
        value = _ABSENT
    return Accessed((Touch(cell, name, WRITE if write else READ),), name, value)


def of_global(namespace: dict[str, Any], name: str, *, write: bool) -> Accessed:
    """Resolve a global name."""
    touch = Touch(namespace, name, WRITE if write else READ)
    return Accessed((touch,), name, namespace.get(name, _ABSENT))


def of_item(container: Any, key: Any, *, write: bool, delete: bool = False) -> Accessed:
    """Resolve `container[key]` of a container that C code implements."""
    if not is_any_of(container, _CONTAINERS) and not _is_c_container(container):
        return NOTHING
    label = (
        f"{type(container).__name__}[{key!r}]"
        if type(key) in _SIMPLE_KEYS
        else type(container).__name__
    )
    if type(key) not in _SIMPLE_KEYS:
        return of_whole(container, write=write)
    if not is_a(container, dict):
        return _of_sequence_item(container, key, label, write, delete)
    value = _item(container, key)
    changes = value is _ABSENT or delete
    if not write and not (value is _ABSENT and is_a(container, defaultdict)):
        touches = (Touch(container, key, READ), Touch(container, _NAMED_ITEM, READ))
        also = _changing(container, key) if is_a(container, defaultdict) else ()
        return Accessed(touches, label, value, also)
    change = _changing(container, key)
    return Accessed(change, label, value) if changes else Accessed(change[:2], label, value, change)


def of_membership(container: Any, item: Any) -> Accessed:
    """Resolve `item in container`."""
    if is_any_of(container, (dict, set)):
        return of_item(container, item, write=False)
    return of_whole(container, write=False)


def _changing(container: Any, key: Any) -> tuple[Touch, Touch, Touch]:
    """Return what is touched when a key comes or goes; without the last, when it stays."""
    return (
        Touch(container, key, WRITE),
        Touch(container, _ANY_ITEM, UPDATE),
        Touch(container, _STRUCTURE, WRITE),
    )


def _of_sequence_item(container: Any, key: Any, label: str, write: bool, delete: bool) -> Accessed:
    whole = of_whole(container, write=write)
    if delete:
        return whole._replace(label=label)
    also: tuple[Touch, ...] = ()
    if type(container) is list and type(key) is int and key < 0:
        key += len(container)
        also = whole.touches
    touches: tuple[Touch, ...] = (
        Touch(container, key, WRITE if write else READ),
        Touch(container, _NAMED_ITEM, READ),
    )
    if write:
        touches = (*touches, Touch(container, _ANY_ITEM, UPDATE))
    return Accessed(touches, label, _item(container, key), also)


def of_whole(container: Any, *, write: bool) -> Accessed:
    """Resolve an access that may touch every item of `container`."""
    if not is_any_of(container, _CONTAINERS) and not _is_c_container(container):
        return NOTHING
    mode = WRITE if write else READ
    touches: tuple[Touch, ...] = (
        Touch(container, _STRUCTURE, mode),
        Touch(container, _ANY_ITEM, mode),
    )
    if write:
        touches = (*touches, Touch(container, _NAMED_ITEM, WRITE))
    return Accessed(touches, type(container).__name__)


def of_call(function: Any, argument: Any) -> Accessed:
    """Resolve a call of C code, as far as it is known what it touches."""
    name = getattr(function, "__name__", "")
    owner = getattr(function, "__self__", None)
    if owner is None or is_any_of(owner, (ModuleType, type)):
        if not is_any_of(function, (BuiltinFunctionType, type)):
            owner, argument = argument, None  # a descriptor, like dict.get(d, k)
        else:
            return _of_function(name, argument)
    if name in _ITEM_READERS and is_a(owner, dict):
        return of_item(owner, argument, write=False)
    if name == "setdefault" or (name == "pop" and is_a(owner, dict)):
        accessed = of_item(owner, argument, write=True, delete=name == "pop")
        return accessed if accessed.touches else of_whole(owner, write=True)
    accessed = of_whole(owner, write=name not in _METHODS_THAT_READ)
    return accessed._replace(label=f"{accessed.label}.{name}") if accessed.touches else NOTHING


def _of_function(name: str, argument: Any) -> Accessed:
    if name in _FUNCTIONS_ON_ATTRIBUTES:
        return _of_any_attribute(name, argument)
    if name in ("next", "iter"):
        argument = behind(argument)
    if is_any_of(argument, _CONTAINERS) or _is_c_container(argument):
        return of_whole(argument, write=name in _FUNCTIONS_THAT_WRITE)
    return NOTHING


def behind(iterator: Any) -> Any:
    """Return the container that a built-in iterator goes through."""
    if is_any_of(iterator, _CONTAINERS) or not type(iterator).__name__.endswith("iterator"):
        return iterator
    for referent in gc.get_referents(iterator):
        if is_any_of(referent, _CONTAINERS) or _is_c_container(referent):
            return referent
    return iterator


_FUNCTIONS_ON_ATTRIBUTES = frozenset(("getattr", "hasattr", "setattr", "delattr"))
_ITEM_READERS = frozenset(("get", "__getitem__", "__contains__"))
_METHODS_THAT_READ = frozenset(
    (
        *("get", "__getitem__", "__contains__", "__len__", "__iter__", "keys", "values", "items"),
        *("copy", "count", "index", "union", "intersection", "difference", "issubset"),
        *("issuperset", "isdisjoint", "symmetric_difference", "startswith", "endswith", "find"),
        *("decode", "hex", "__reversed__", "__eq__", "__ne__", "__sizeof__"),
    )
)
_FUNCTIONS_THAT_WRITE = frozenset(
    (
        *("heappush", "heappop", "heapify", "heapreplace", "heappushpop"),
        *("insort", "insort_left", "insort_right", "shuffle", "next"),
    )
)


def _is_c_container(candidate: Any) -> bool:
    kind = type(candidate)
    return (kind.__module__, kind.__name__) in _C_CONTAINERS


_C_CONTAINERS = frozenset(
    {("collections", "deque"), ("collections", "OrderedDict"), ("array", "array")}
    | {("collections", "defaultdict"), ("itertools", "count"), ("itertools", "cycle")}
)


def _item(container: Any, key: Any) -> Any:
    try:
        if is_a(container, dict):
            return dict.get(container, key, _ABSENT)
        if type(container) in (list, bytearray):
            return container[key]
    except (IndexError, TypeError):
        pass
    return _ABSENT


def _holder(kind: type, name: str) -> type | None:
    for base in kind.__mro__:
        if name in base.__dict__:
            return base
    return None
