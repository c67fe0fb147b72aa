"""Which locations an access to a container touches, if its own code has no switch points.

Containers are those of C, and those that the standard library writes in Python: a call of one of
their methods is one step.
"""

from __future__ import annotations

import gc
import sys
from array import array
from collections import defaultdict, deque
from types import (
    GeneratorType,
    MappingProxyType,
    MethodWrapperType,
    WrapperDescriptorType,
)
from typing import Any

from harness.control.accesses.locations import (
    ABSENT,
    ANY_ITEM,
    NAMED_LATER,
    NOTHING,
    Accessed,
    Touch,
)
from harness.kinds import (
    BUILTIN_METHODS,
    attribute_of,
    fields_of,
    is_a,
    is_any_of,
    module_of,
    mro_of,
    name_of,
)
from harness.operation import READ, UPDATE, WRITE
from harness.own_files import is_of_the_library
from harness.report.value_text import text_of

# What of a container is touched besides its items; ANY_ITEM, which each change of an item updates
# and iteration reads, is the third. A whole write is one to all of them.
STRUCTURE = "<structure>"  # a key that comes or goes changes it; iteration and len() read it
_NAMED_ITEM = NAMED_LATER  # each look at an item reads it
_SIMPLE_KEYS = frozenset((int, str, bytes, float, bool, type(None)))
_MOST_OF_AN_INDEX = 1 << 32  # beyond it is perhaps an address, which differs from run to run
_WITHOUT_CALLS = frozenset((list, dict))
_BUILT_IN = (list, dict, set, bytearray)
_WITH_A_LENGTH = frozenset((list, bytearray, deque, array))  # that no code of the program's says
_OF_NUMPY = ("numpy", "ndarray")
# By module and name: some are imported by few programs.
_OF_THE_STANDARD_LIBRARY = frozenset(
    (
        *(("collections", "deque"), ("array", "array"), ("_io", "StringIO"), ("_io", "BytesIO")),
        *(("itertools", "count"), ("itertools", "cycle"), ("builtins", "generator")),
        *(("builtins", "memoryview"), ("_ctypes", "Array"), ("mmap", "mmap")),
        *(("xml.etree.ElementTree", "Element"), _OF_NUMPY),
    )
)
_IN_PYTHON = frozenset(
    (
        ("weakref", "WeakSet"),
        *(("_weakrefset", "WeakSet"), ("os", "_Environ")),
        *(("configparser", "RawConfigParser"), ("configparser", "SectionProxy")),
        *(("contextlib", "_BaseExitStack"), ("email.message", "Message")),
    )
)
_VIEWS_IN_PYTHON = frozenset(("KeysView", "ValuesView", "ItemsView"))  # like that of os.environ
_VIEWS = _VIEWS_IN_PYTHON | {
    *("dict_keys", "dict_values", "dict_items", "odict_keys", "odict_values", "odict_items"),
    "mappingproxy",
}
_LAZY = frozenset(
    (
        *("map", "zip", "filter", "enumerate", "reversed", "chain", "islice", "accumulate"),
        *(
            "starmap",
            "zip_longest",
            "takewhile",
            "dropwhile",
            "filterfalse",
            "compress",
            "pairwise",
            *("product", "permutations", "combinations", "combinations_with_replacement"),
            *("groupby", "_grouper", "_tee", "repeat", "batched"),
            *_VIEWS,
        ),
    )
)
_CALLING = frozenset(
    (
        *("map", "filter", "accumulate", "starmap", "takewhile", "dropwhile", "filterfalse"),
        *("groupby", "callable_iterator"),
    )
)
_METHODS_THAT_READ = frozenset(
    (
        *("get", "__getitem__", "__contains__", "__len__", "__iter__", "keys", "values", "items"),
        *("copy", "count", "index", "union", "intersection", "difference", "issubset"),
        *("issuperset", "isdisjoint", "symmetric_difference", "startswith", "endswith", "find"),
        *("decode", "hex", "__reversed__", "__eq__", "__ne__", "__sizeof__", "getvalue", "tell"),
        *("getint", "getfloat", "getboolean", "keyrefs", "valuerefs", "get_all", "has_section"),
        *("has_option", "sections", "options"),
    )
)
BOUND_METHODS = (*BUILTIN_METHODS, MethodWrapperType)
_DEEPEST_ITERATOR = 3
STATE = "<state>"  # what C code keeps in an object, like the position of an iterator
_MOST_CLASSES = 1_000
_known: dict[type, bool] = {}
_opaque: dict[type, bool] = {}
_lazy: dict[type, bool] = {}
_showing: dict[type, bool] = {}


def is_container(candidate: Any) -> bool:
    """Say whether it is a container that others may change, and whose code has no points."""
    return is_kind_of_container(type(candidate))


def is_kind_of_container(kind: type) -> bool:
    """Say whether objects of this class are such containers."""
    found = _known.get(kind)
    if found is None:
        _let_go_of(_known)
        found = _known[kind] = issubclass(kind, _BUILT_IN) or _is_one_of(
            kind, _OF_THE_STANDARD_LIBRARY | _IN_PYTHON
        )
    return found


def is_opaque(candidate: Any) -> bool:
    """Say whether it is a container that the standard library writes in Python."""
    kind = type(candidate)
    found = _opaque.get(kind)
    if found is None:
        _let_go_of(_opaque)
        found = _opaque[kind] = _is_one_of(kind, _IN_PYTHON)
    return found


def _let_go_of(known: dict[type, bool]) -> None:
    """Forget all classes when there are many: a body may make new ones in each execution."""
    if len(known) > _MOST_CLASSES:
        known.clear()


def _is_one_of(kind: type, names: frozenset[tuple[str, str]]) -> bool:
    """Say whether a class, or a base of it, has one of the names, each with its module."""
    return any((module_of(base), name_of(base)) in names for base in mro_of(kind))


def of_item(container: Any, key: Any, *, write: bool, delete: bool = False) -> Accessed:
    """Resolve `container[key]`."""
    if type(container) is MappingProxyType:
        (container,) = gc.get_referents(container)
    if not is_container(container):
        return NOTHING
    if type(key) not in _SIMPLE_KEYS or (type(key) is int and key > _MOST_OF_AN_INDEX):
        return of_whole(container, write=write)
    label = f"{name_of(type(container))}[{text_of(key)}]"
    if not is_a(container, dict):
        return _of_sequence_item(container, key, label, write, delete)
    value = _item(container, key)
    changes = value is ABSENT or delete
    if not write and not (value is ABSENT and is_a(container, defaultdict)):
        touches = (Touch(container, key, READ), Touch(container, _NAMED_ITEM, READ))
        return Accessed(touches, label, value)
    change = _changing(container, key)
    return Accessed(change if changes else change[:2], label, value)


def may_call_back(accessed: Accessed) -> bool:
    """Say whether code of the program may run while a container is accessed."""
    owner, name, _ = accessed.touches[0]
    return name == STRUCTURE or type(owner) not in _WITHOUT_CALLS  # else the key is a simple one


def of_membership(container: Any, item: Any) -> Accessed:
    """Resolve `item in container`."""
    if is_lazy(container):
        return of_iteration(container, write=False).joined(of_advance(container))
    if is_any_of(container, (dict, set)):
        return of_item(container, item, write=False)
    return of_whole(container, write=goes_on(container))


def _changing(container: Any, key: Any) -> tuple[Touch, Touch, Touch]:
    """Return what is touched when a key comes or goes; without the last, when it stays."""
    return (
        Touch(container, key, WRITE),
        Touch(container, ANY_ITEM, UPDATE),
        Touch(container, STRUCTURE, WRITE),
    )


def _of_sequence_item(container: Any, key: Any, label: str, write: bool, delete: bool) -> Accessed:
    whole = of_whole(container, write=write)
    # Which byte of its buffer an item of a view is, nobody says.
    is_view = type(container) is memoryview or shows_memory(container)
    is_from_the_end = type(key) is int and key < 0
    if delete or is_view or is_opaque(container):
        return whole._replace(label=label)
    if is_from_the_end and type(container) not in _WITH_A_LENGTH:
        return whole._replace(label=label)
    if is_from_the_end:
        key += len(container)
    touches: tuple[Touch, ...] = (
        Touch(container, key, WRITE if write else READ),
        Touch(container, _NAMED_ITEM, READ),
    )
    if write:
        touches = (*touches, Touch(container, ANY_ITEM, UPDATE))
    return Accessed(touches, label, _item(container, key))


def of_whole(container: Any, *, write: bool) -> Accessed:
    """Resolve an access that may touch every item of `container`."""
    if not is_container(container):
        return NOTHING
    if is_opaque(container):  # a section of a ConfigParser is a part of it
        container = fields_of(container).get("_parser", container)
    elif shows_memory(container):
        container = _whose_memory(container)
    mode = WRITE if write else READ
    touches: tuple[Touch, ...] = (
        Touch(container, STRUCTURE, mode),
        Touch(container, ANY_ITEM, mode),
    )
    if write:
        touches = (*touches, Touch(container, _NAMED_ITEM, WRITE))
    if type(container) is memoryview:
        touches += of_whole(_behind(container), write=write).touches
    return Accessed(touches, name_of(type(container)))


def _behind(view: memoryview) -> Any:
    """Return whose memory a view shows, so that all views of it are one location with it."""
    try:
        owner: Any = view.obj
    except ValueError:  # it was released
        return None
    if name_of(type(owner)) == "_BytesIOBuffer":
        return next(filter(is_container, gc.get_referents(owner)), None)
    return owner


def shows_memory(candidate: Any) -> bool:
    """Say whether it is an array of numpy, which may show the memory of another."""
    kind = type(candidate)
    found = _showing.get(kind)
    if found is None:
        _let_go_of(_showing)
        found = _showing[kind] = _is_one_of(kind, frozenset((_OF_NUMPY,)))
    return found


def _whose_memory(array: Any) -> Any:
    """Return the array whose memory an array of numpy shows, so that all of its views are one."""
    kind = sys.modules["numpy"].ndarray
    while is_a(array, kind):
        base = kind.base.__get__(array)
        if base is None:
            return array
        array = base
    return array


def of_iteration(iterable: Any, *, write: bool) -> Accessed:
    """Resolve a step of an iteration, or something else that goes through all of `iterable`."""
    found = [
        of_whole(container, write=write or changes) for container, changes in _all_behind(iterable)
    ]
    if len(found) < 2:  # noqa: PLR2004  as nearly always
        return found[0] if found else NOTHING
    return Accessed(tuple(touch for one in found for touch in one.touches), found[0].label)


def only_reads(method: str) -> bool:
    """Say whether a method of a container, known by its name, changes nothing."""
    return method in _METHODS_THAT_READ


def of_advance(iterator: Any) -> Accessed:
    """Resolve the change of an iterator that lets it go on, or uses it up."""
    if not is_lazy(iterator) or name_of(type(iterator)) in _VIEWS:
        return NOTHING
    return Accessed((Touch(iterator, STATE, WRITE),), name_of(type(iterator)))


def _all_behind(iterator: Any, depth: int = 0) -> list[tuple[Any, bool]]:
    """Return the containers that an iterator goes through, and whether it changes them."""
    if type(iterator) is GeneratorType:
        return [(iterator, True), *_behind_a_generator(iterator, depth)]
    if is_container(iterator):
        return [(iterator, goes_on(iterator))]
    if type(iterator) in BOUND_METHODS and is_container(iterator.__self__):  # it is called
        return [(iterator.__self__, not only_reads(iterator.__name__))]
    found: list[tuple[Any, bool]] = []
    if is_lazy(iterator) and depth <= _DEEPEST_ITERATOR:
        for referent in gc.get_referents(iterator):
            for one in referent if type(referent) is tuple else (referent,):
                found += _all_behind(one, depth + 1)
    return found


def _behind_a_generator(generator: Any, depth: int) -> list[tuple[Any, bool]]:
    """Return what a generator of the standard library goes through, which no point inside says."""
    if not is_of_the_library(generator.gi_code.co_filename):
        return []
    return [
        found
        for referent in gc.get_referents(generator)
        if is_opaque(referent) or name_of(type(referent)) in _VIEWS_IN_PYTHON
        for found in _all_behind(referent, depth + 1)
    ]


def is_lazy(candidate: Any) -> bool:
    """Say whether it is an iterator or a view without points, which goes through something else."""
    kind = type(candidate)
    found = _lazy.get(kind)
    if found is None:
        _let_go_of(_lazy)
        name = name_of(kind)
        is_other_iterator = (
            goes_on(candidate) and not is_kind_of_container(kind) and module_of(kind) != "_io"
        )
        found = _lazy[kind] = name.endswith("iterator") or name in _LAZY or is_other_iterator
    return found


def goes_on(candidate: Any) -> bool:
    """Say whether it is an iterator itself, whose code has no points: each step changes it."""
    return type(attribute_of(type(candidate), "__next__")) is WrapperDescriptorType


def calls_a_function(iterator: Any, depth: int = 0) -> bool:
    """Say whether an iterator calls what it was given, or goes through one that does."""
    name = name_of(type(iterator))
    return name in _CALLING or (
        is_lazy(iterator)
        and name not in _VIEWS
        and depth <= _DEEPEST_ITERATOR
        and any(
            calls_a_function(one, depth + 1)
            for referent in gc.get_referents(iterator)
            for one in (referent if type(referent) is tuple else (referent,))
        )
    )


def _item(container: Any, key: Any) -> Any:
    try:
        if is_a(container, dict):
            return dict.get(container, key, ABSENT)
        if type(container) in (list, bytearray):
            return container[key]
    except (IndexError, TypeError):
        pass
    return ABSENT
