"""Which location an access touches: resolved to the owner, without running any user code."""

from __future__ import annotations

from collections.abc import Iterable
from types import FrameType, FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import Any, NamedTuple

from harness.control.accesses.one_step import is_one_step
from harness.kinds import (
    attribute_of,
    holder_of,
    instance_dict,
    is_a,
    is_heap_type,
    mro_of,
    name_of,
    names_of,
    namespace_of,
)
from harness.operation import READ, UPDATE, WRITE

ABSENT: Any = object()
# getattr and setattr may touch each attribute: a hook of a call does not get the name.
# They have the names of the same of a dict, because an instance's attributes are one's items.
ANY_ITEM = "<any item>"  # each write updates it, and getattr reads it
NAMED_LATER = "<item by key>"  # setattr writes it, and each access reads it
# Two that update one of these need not touch the same: only with one that reads it do they conflict.
ANY_OF_THEM = frozenset((ANY_ITEM,))
WITH_ALL_ATTRIBUTES = frozenset(("__class__", "__dict__"))  # which change with one


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
    """Be what one access touches, what to call it, and the value that is read, if it is known."""

    touches: tuple[Touch, ...]
    label: str
    value: Any = ABSENT

    def joined(self, other: Accessed) -> Accessed:
        """Return an access that touches what both touch."""
        touches = (*self.touches, *other.touches)
        return self._replace(touches=touches, label=self.label or other.label)


NOTHING = Accessed((), "")


def has_value(accessed: Accessed) -> bool:
    """Say whether the value that is read is known."""
    return accessed.value is not ABSENT


def of_attribute(owner: Any, name: str, *, write: bool) -> Accessed:
    """Resolve `owner.name`."""
    if is_a(owner, ModuleType):
        fields = namespace_of(owner)
        label = f"{fields.get('__name__', 'module')}.{name}"
        return Accessed(_touches_of(fields, name, write), label, fields.get(name, ABSENT))
    if is_a(owner, type):
        holder = owner if write else holder_of(owner, name)
        if holder is None:
            return NOTHING
        value = names_of(holder).get(name, ABSENT)
        if write and name == "__bases__":
            return of_any_attribute("setattr", owner)
        touches = _touches_of(owner, name, True) if write else _touches_of_classes(owner, name)
        return Accessed(touches, f"{name_of(owner)}.{name}", value)
    if is_a(owner, super):
        return NOTHING if write else _of_super(_class_behind(owner), _kind_before(owner), name)
    return _of_instance_attribute(owner, name, write)


def _of_class_alone(owner: Any, name: str) -> Accessed:
    """Resolve what no instance has for itself; only a class that can change makes it an access."""
    kind = type(owner)
    touches, _ = _touches_of_first(mro_of(kind), name)
    if not any(is_heap_type(touch.owner) for touch in touches):
        return NOTHING
    return Accessed((Touch(owner, NAMED_LATER, READ), *touches), f"{name_of(kind)}.{name}")


def of_match(subject: Any, kind: Any) -> Accessed:
    """Resolve a class pattern that takes attributes by their position."""
    if not is_a(kind, type) or not any(base is kind for base in mro_of(type(subject))):
        return NOTHING
    accessed = of_attribute(kind, "__match_args__", write=False)
    names = attribute_of(kind, "__match_args__")
    for name in names if type(names) is tuple else ():
        accessed = accessed.joined(of_attribute(subject, name, write=False))
    return accessed._replace(label=f"{name_of(kind)}(…)", value=ABSENT)


def of_super_attribute(behind: Any, owner: Any, name: str) -> Accessed:
    """Resolve `super(behind, owner).name`."""
    if not is_a(behind, type):
        return NOTHING  # the program has another `super`
    is_class = is_a(owner, type) and any(base is behind for base in mro_of(owner))
    return _of_super(behind, owner if is_class else type(owner), name)


def _of_super(behind: type, kind: type | None, name: str) -> Accessed:
    if kind is None:  # it is bound to nothing
        return NOTHING
    bases = mro_of(kind)
    position = next((at for at, base in enumerate(bases, 1) if base is behind), len(bases))
    touches, value = _touches_of_first(bases[position:], name)
    return Accessed(touches, f"super().{name}", value) if touches else NOTHING


def _of_instance_attribute(owner: Any, name: str, write: bool) -> Accessed:
    kind = type(owner)
    label = f"{name_of(kind)}.{name}"
    holder = holder_of(kind, name)
    found = ABSENT if holder is None else names_of(holder)[name]
    is_hidden = type(found) is property and is_one_step(found.fset if write else found.fget)
    if is_hidden or (write and name in WITH_ALL_ATTRIBUTES):
        return of_any_attribute("setattr" if write else "getattr", owner)._replace(label=label)
    if is_a(found, MemberDescriptorType):
        value = ABSENT if write else _in_slot(found, owner)
        return Accessed(_touches_of(owner, name, write), label, value)
    setter = attribute_of(type(found), "__set__")
    has_points = type(found) is property or type(setter) is FunctionType  # in its own code
    fields = instance_dict(owner)
    is_in_c = fields is None or not is_a(found, GetSetDescriptorType)
    if setter is not None and not has_points and is_in_c:
        return Accessed(_touches_of(owner, name, write), label)  # memory of C, like a ctypes field
    if fields is None and not has_points and attribute_of(kind, "__dict__") is not None:
        fields = {}  # there is one, but its class hides it
    if fields is None or has_points:
        return NOTHING if write else _of_class_alone(owner, name)
    own = _touches_of(owner, name, write)
    if write or holder is None:
        return Accessed(own, label, fields.get(name, ABSENT))
    of_class = _touches_of_classes(kind, name)
    touches = own if name in fields else (*own, *of_class)
    return Accessed(touches, label, fields.get(name, found))


def _in_slot(slot: MemberDescriptorType, owner: Any) -> Any:
    try:
        return slot.__get__(owner, type(owner))
    except AttributeError:
        return ABSENT


def _touches_of_classes(kind: type, name: str) -> tuple[Touch, ...]:
    """Return the look for an attribute of a class: any class before the holder could hide it."""
    return _touches_of_first(mro_of(kind), name)[0]


def _touches_of_first(bases: Iterable[type], name: str) -> tuple[tuple[Touch, ...], Any]:
    """Return what is touched to find the first of these classes with an attribute, and its value."""
    touches: tuple[Touch, ...] = ()
    for base in bases:
        names = names_of(base)
        is_holder = name in names
        if is_holder or is_heap_type(base):
            touches += _touches_of(base, name, False)
        if is_holder:
            return touches, names[name]
    return touches, ABSENT


def _touches_of(owner: Any, name: str, write: bool) -> tuple[Touch, ...]:
    named_later = Touch(owner, NAMED_LATER, READ)
    if write:
        return Touch(owner, name, WRITE), named_later, Touch(owner, ANY_ITEM, UPDATE)
    return Touch(owner, name, READ), named_later


def of_any_attribute(function: str, owner: Any) -> Accessed:
    """Resolve `getattr(owner, …)` and the like, which may touch each attribute."""
    write = function in ("setattr", "delattr")
    mode = WRITE if write else READ
    if is_a(owner, ModuleType):
        owner = namespace_of(owner)
    touches = [Touch(owner, NAMED_LATER, mode), Touch(owner, ANY_ITEM, mode)]
    if not write:
        for kind in mro_of(owner)[1:] if is_a(owner, type) else mro_of(type(owner)):
            if is_heap_type(kind):
                touches += [Touch(kind, NAMED_LATER, READ), Touch(kind, ANY_ITEM, READ)]
    name = name_of(owner if is_a(owner, type) else type(owner))
    return Accessed(tuple(touches), f"{name} by {function}()")


def of_cell(cell: Any, name: str, *, write: bool) -> Accessed:
    """Resolve a variable of an enclosing function."""
    try:
        value = cell.cell_contents
    except ValueError:
        value = ABSENT
    return Accessed((Touch(cell, name, WRITE if write else READ),), name, value)


def is_builtin(name: str, frame: FrameType) -> bool:
    """Say whether a name is a builtin one where `frame` runs."""
    return name in frame.f_builtins and name not in frame.f_globals


def of_name(frame: FrameType, name: str, *, write: bool) -> Accessed:
    """Resolve a global name, or one of the names that `exec` was given."""
    accessed = _of_item_by_name(frame.f_globals, name, write)
    if frame.f_code.co_name == "<module>":  # no class, whose names nobody else can see yet
        names = frame.f_locals
        if names is not frame.f_globals and is_a(names, dict):
            return _of_item_by_name(names, name, write).joined(accessed)
    return accessed


def _of_item_by_name(namespace: dict[str, Any], name: str, write: bool) -> Accessed:
    value = dict.get(namespace, name, ABSENT)
    return Accessed(_touches_of(namespace, name, write), name, value)


_class_behind = super.__dict__["__thisclass__"].__get__
_kind_before = super.__dict__["__self_class__"].__get__
