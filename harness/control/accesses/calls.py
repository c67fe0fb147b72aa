"""Which locations a call touches whose own code has no switch points, as far as that is known."""

from __future__ import annotations

import sys
from array import array
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from io import BytesIO, StringIO
from itertools import (
    accumulate,
    chain,
    combinations,
    compress,
    cycle,
    dropwhile,
    filterfalse,
    groupby,
    islice,
    pairwise,
    permutations,
    product,
    starmap,
    takewhile,
    zip_longest,
)
from operator import attrgetter, itemgetter, methodcaller
from types import (
    CodeType,
    FrameType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any
from weakref import KeyedRef, WeakMethod, WeakSet, finalize, ref

from harness.control.accesses import files, looks_at_the_clock, one_step, process_state
from harness.control.accesses.containers import (
    STATE,
    is_container,
    is_lazy,
    is_opaque,
    of_item,
    of_iteration,
    of_whole,
    only_reads,
)
from harness.control.accesses.contents import of_cache, of_contents, of_object
from harness.control.accesses.given_functions import (
    CACHE,
    FUNCTIONS_THAT_WRITE,
    arguments_of,
    effects_of,
)
from harness.control.accesses.locations import (
    NOTHING,
    Accessed,
    Touch,
    of_any_attribute,
    of_attribute,
)
from harness.control.accesses.one_step import changes_its_object, has_a_state
from harness.instrument.several_steps import is_several_steps
from harness.kinds import BUILTIN_METHODS, is_a, is_any_of, module_of, name_of
from harness.operation import WRITE
from harness.own_files import is_of_the_library

OF_C = frozenset(
    (*BUILTIN_METHODS, MethodDescriptorType, MethodWrapperType, WrapperDescriptorType, CACHE)
)
READERS = frozenset(
    (
        *(list, tuple, set, frozenset, dict, bytes, bytearray, enumerate, zip, map),
        *(filter, reversed, str, deque, OrderedDict, chain, islice, zip_longest, accumulate),
        *(bool, product, permutations, combinations, groupby, starmap, takewhile, dropwhile),
        *(filterfalse, compress, pairwise, array, memoryview, defaultdict, cycle, BytesIO),
        *(ref, KeyedRef, WeakMethod, WeakSet, finalize),
    )
)
_GETTERS = frozenset((attrgetter, itemgetter, methodcaller))
CALLED = OF_C | _GETTERS | {partial, ref, KeyedRef}  # kinds of callables without code of their own
_READ_ALL_OF_IT = {
    "json": frozenset(("dumps",)),
    "logging": frozenset(("debug", "info", "warning", "error", "exception", "critical", "log")),
    "textwrap": frozenset(("wrap", "fill", "shorten", "dedent", "indent")),
    "difflib": frozenset(("unified_diff", "context_diff", "ndiff", "get_close_matches")),
    "inspect": frozenset(("getmembers", "getattr_static")),
    "shlex": frozenset(("join",)),
    "urllib.parse": frozenset(("urlencode",)),
    "csv": frozenset(("writerow", "writerows")),
}
_READING_ATTRIBUTES = frozenset(("inspect",))
_WRITING_INTO = frozenset(("print", "dump", "dumps"))  # the other argument, if it is a file
_CONTAINERS_IN = frozenset(
    (
        *("collections", "weakref", "_weakrefset", "os", "collections.abc", "configparser"),
        *("contextlib", "email.message"),
    )
)
# Of any other module's methods, `matters` says that they do not: a lock's, a thread's, a queue's.
MODULES_OF_METHODS = frozenset(
    (
        *(*_CONTAINERS_IN, *files.MODULES, *process_state.MODULES, *_READ_ALL_OF_IT),
        *(*looks_at_the_clock.MODULES, *one_step.MODULES),
    )
)
MODULES = MODULES_OF_METHODS | sys.stdlib_module_names
_OUTSIDE = files.MODULES | files.OPENING | process_state.MODULES | looks_at_the_clock.MODULES


_KINDS_WITHOUT_STATE = (
    *(str, bytes, int, float, complex, tuple, frozenset, range, slice, type, ModuleType),
    *(BaseException, CodeType, FrameType, CACHE),
)
# Their objects never change, or each context has its own value of them.
_MODULES_WITHOUT_STATE = frozenset(
    (
        *("re", "datetime", "decimal", "_struct", "zoneinfo", "_contextvars", "contextvars"),
        *("types", "functools", "operator", "_thread", "_weakref", "weakref"),
    )
)


def matters(function: Any, argument: Any, second: Any) -> bool:
    """Say whether a call of Python code from one of `MODULES` is a step of its own."""
    module, name = function.__module__, getattr(function, "__name__", "")
    if type(function) is MethodType and module in _CONTAINERS_IN and is_opaque(function.__self__):
        return not function.__qualname__.startswith("Mutable")  # whose code has points
    if process_state.is_call(module, name) or looks_at_the_clock.is_call(module, name):
        return True
    if files.is_call(module, name) or name in _READ_ALL_OF_IT.get(module, ()):
        return True
    if changes_its_object(function):
        return True
    return type(function) is FunctionType and (
        (is_container(argument) or is_container(second))
        and is_of_the_library(function.__code__.co_filename)
        and not is_several_steps(function.__code__)
    )


def of_call(function: Any, argument: Any, second: Any = None, *rest: Any) -> Accessed:
    """Resolve a call.

    Args:
        function: what is called.
        argument: its first argument, or `None`.
        second: its second one, or `None`.
        rest: all others, those with a keyword, too.
    """
    name = getattr(function, "__name__", "")
    accessed = _of_call(function, name, argument, second, rest)
    if name in _METHODS_THAT_GO_BY_ATTRIBUTES and _has_dots(function):
        return of_contents((argument, second, *rest), attributes=True, classes=True)
    if name in _WRITING_INTO_BUFFERS:
        accessed = _with_buffers(accessed, (argument, second))
    if not rest or name in _FUNCTIONS_ON_ATTRIBUTES or name in _METHODS_THAT_STORE:
        return accessed
    more = of_contents((*filter(effects_of, (argument, second)), *rest))
    return accessed.joined(more) if more.touches else accessed


def _of_call(
    function: Any, name: str, argument: Any, second: Any, rest: tuple[Any, ...]
) -> Accessed:
    kind = type(function)
    if kind is CACHE:
        return of_cache(function, write=False)
    module = getattr(function, "__module__", "")
    if module in _OUTSIDE:
        outside = _of_the_outside(module, name, argument, second)
        if outside is not None:
            return outside
    if kind is partial:
        return _of_partial(function, argument, second, rest)
    if kind in _GETTERS:
        return _of_getter(function, argument)
    if kind is FunctionType or kind is MethodType or name in _READ_ALL_OF_IT.get(module, ()):
        return _of_library_call(function, name, argument, second, rest)
    return _of_c_call(function, name, argument, second, rest)


def of_what_is_kept(function: Any, given: Sequence[Any], accessed: Accessed) -> Accessed:
    """Resolve what C code keeps when the Python code has returned that a call of it calls."""
    if type(function) is CACHE:
        return of_cache(function, write=True)
    if changes_its_object(function):  # which may call methods of the program's own, as parsers do
        return accessed
    if type(accessed.value) is cached_property and type(given[1]) is str:
        return of_attribute(given[0], given[1], write=True)
    return NOTHING


def dictionaries_given_by(
    function: Any, first: Any = None, second: Any = None, *_: Any
) -> list[Any]:
    """Return the object, if it is one, whose dictionary of attributes a call returns."""
    if function is vars and first is not None:
        return [first]
    if function is getattr and second == "__dict__":
        return [first]
    if getattr(function, "__name__", "") in _METHODS_THAT_GIVE_THE_DICTIONARY:
        owner = getattr(function, "__self__", None)
        return [first if owner is None else owner]
    return []


def _has_dots(function: Any) -> bool:
    """Say whether a method of a string is one of a format that may name attributes."""
    template = getattr(function, "__self__", None)
    return type(template) is str and "." in template


def _of_library_call(
    function: Any, name: str, argument: Any, second: Any, rest: tuple[Any, ...]
) -> Accessed:
    """Resolve a call of Python code that `matters` has let pass."""
    module = function.__module__
    owner = getattr(function, "__self__", None)
    if module in _CONTAINERS_IN and is_opaque(owner):
        return _of_c_call(function, name, argument, second, rest)
    if name in FUNCTIONS_THAT_WRITE and is_container(argument):
        accessed = of_whole(argument, write=True)
    elif name in _WRITING_INTO:
        accessed = _of_writing(name, argument, second, *rest)
    else:
        attributes = module in _READING_ATTRIBUTES
        accessed = of_contents((argument, second, *rest), attributes=attributes)
    if changes_its_object(function):
        write = name not in _READ_ALL_OF_IT.get(module, ())
        label = f"{type(owner).__name__}.{name}"
        accessed = of_object(owner, label, write=write).joined(accessed)
    return accessed


def _of_the_outside(module: str, name: str, argument: Any, second: Any) -> Accessed | None:
    if looks_at_the_clock.is_call(module, name):
        return looks_at_the_clock.LOOK
    of_process = process_state.of_call(module, name)
    of_files = files.of_call(module, name, argument, second)
    if of_process is None or of_files is None:
        return of_process or of_files
    return of_files.joined(of_process)


def _of_c_call(
    function: Any, name: str, argument: Any, second: Any, rest: tuple[Any, ...]
) -> Accessed:
    owner = getattr(function, "__self__", None)
    if owner is None or is_any_of(owner, (ModuleType, type)):
        if type(function) in _DESCRIPTORS:  # like dict.get(d, k)
            owner, argument = argument, second
        elif owner is None or is_a(owner, ModuleType) or name not in _OF_ATTRIBUTES:
            return _of_function(name, argument, second, rest)
    if name in _OF_ATTRIBUTES and type(argument) is str:
        return of_attribute(owner, argument, write=name != "__getattribute__")
    accessed = _of_method(name, owner, argument, second)
    if name in _METHODS_ON_ALL_ATTRIBUTES:
        return of_contents((owner,), attributes=True, classes=is_a(owner, type)).joined(accessed)
    if type(function) in BUILTIN_METHODS and not is_container(owner):
        return _with_state_of(owner, accessed, name)
    return accessed


def _with_state_of(owner: Any, accessed: Accessed, name: str) -> Accessed:
    """Add that a method of C may change its object, if nothing is known of that."""
    kind = type(owner)
    if module_of(kind) in _MODULES_WITHOUT_STATE or issubclass(kind, _KINDS_WITHOUT_STATE):
        return accessed
    state = Touch(owner, STATE, WRITE)
    label = accessed.label or f"{kind.__name__}.{name}"
    return Accessed((state, *accessed.touches), label)


def _of_method(name: str, owner: Any, argument: Any, second: Any = None) -> Accessed:
    if type(owner) is CACHE:
        return of_cache(owner, write=name == "cache_clear")
    if is_lazy(owner):
        return of_contents((owner,)) if name == "__next__" else of_iteration(owner, write=False)
    if name in _ITEM_READERS and is_a(owner, dict):
        return of_item(owner, argument, write=False)
    if name == "setdefault" or (name == "pop" and is_a(owner, dict)):
        accessed = of_item(owner, argument, write=True, delete=name == "pop")
        return accessed if accessed.touches else of_whole(owner, write=True)
    accessed = of_whole(owner, write=not only_reads(name))
    if not accessed.touches:
        return of_contents((argument, second))
    if name in _METHODS_THAT_STORE:
        others: tuple[Touch, ...] = ()
    elif name in _METHODS_THAT_COMPARE:
        others = of_contents((owner, argument)).touches
    else:
        others = of_contents(one for one in (argument, second) if one is not owner).touches
    return Accessed((*accessed.touches, *others), f"{accessed.label}.{name}")


def _of_function(name: str, argument: Any, second: Any, rest: tuple[Any, ...]) -> Accessed:
    if name in _FUNCTIONS_ON_ATTRIBUTES:
        if type(second) is not str:
            return of_any_attribute(name, argument)
        return of_attribute(argument, second, write=name in ("setattr", "delattr"))
    if name in _WRITING_INTO:
        return _of_writing(name, argument, second, *rest)
    if name in FUNCTIONS_THAT_WRITE and (is_container(argument) or has_a_state(argument)):
        whole = of_whole(argument, write=True)
        return whole if whole.touches else of_object(argument, f"{name}()", write=True)
    if name == "dir":
        return of_any_attribute("getattr", argument)
    looks_at_the_outside = name in _FUNCTIONS_THAT_LOOK_AT_THE_OUTSIDE
    return (reading if looks_at_the_outside else of_contents)((argument, second))


def _of_writing(name: str, *given: Any) -> Accessed:
    """Resolve a call that writes some of these into another, if that is a file in memory."""
    read = of_contents(given, attributes=name != "print")
    files_in_memory = [it for it in given if type(it) in (StringIO, BytesIO)]
    written = [touch for it in files_in_memory for touch in of_whole(it, write=True).touches]
    if name == "print":
        read = process_state.of_print(given).joined(read)
    return Accessed((*written, *read.touches), read.label) if read.touches else NOTHING


def _with_buffers(accessed: Accessed, given: Iterable[Any]) -> Accessed:
    """Add that a call writes into the buffers that it gets."""
    for one in given:
        accessed = accessed.joined(of_whole(one, write=True))
    return accessed


def reading(arguments: Iterable[Any]) -> Accessed:
    """Resolve an access that reads all of those of the arguments that are containers."""
    touches: tuple[Touch, ...] = ()
    label = ""
    for argument in arguments:
        if has_a_state(argument) and not is_container(argument):
            accessed = of_object(argument, name_of(type(argument)), write=False)
        elif is_lazy(argument):
            accessed = of_contents((argument,))
        else:
            accessed = of_iteration(argument, write=False)
        if accessed.touches:
            touches += accessed.touches
            label = label or accessed.label
    return Accessed(touches, label) if touches else NOTHING


def _of_partial(function: Any, argument: Any, second: Any, rest: tuple[Any, ...]) -> Accessed:
    given = [one for one in (argument, second) if one is not None]
    given = [*function.args, *given, *rest, *function.keywords.values()]
    behind_it = function.func
    if type(behind_it) in OF_C or (type(behind_it) is type and behind_it in READERS):
        first, following, *more = (*given, None, None)
        return of_call(behind_it, first, following, *more[: len(given) - 2])
    return NOTHING  # Python code has points of its own


def _of_getter(function: Any, argument: Any) -> Accessed:
    name, *more = arguments_of(function)
    if type(function) is methodcaller:
        return _of_method(name, argument, more[0] if more else None)
    if type(function) is itemgetter:
        return of_whole(argument, write=False) if more else of_item(argument, name, write=False)
    if more or "." in name:
        return of_any_attribute("getattr", argument)
    return of_attribute(argument, name, write=False)


_WRITING_INTO_BUFFERS = frozenset(
    ("pack_into", "readinto", "readinto1", "recv_into", "recvfrom_into")
)
_DESCRIPTORS = (MethodDescriptorType, WrapperDescriptorType)
_FUNCTIONS_ON_ATTRIBUTES = frozenset(("getattr", "hasattr", "setattr", "delattr"))
_OF_ATTRIBUTES = frozenset(("__setattr__", "__delattr__", "__getattribute__"))
_ITEM_READERS = frozenset(("get", "__getitem__", "__contains__"))
_METHODS_THAT_STORE = frozenset(
    (
        *("append", "appendleft", "add", "insert", "setdefault", "__setitem__", "put", "get"),
        *("pop", "popleft", "popitem", "clear", "discard", "__getitem__", "move_to_end"),
    )
)
_METHODS_THAT_COMPARE = frozenset(
    ("index", "count", "remove", "sort", "__contains__", "__eq__", "__ne__", "__lt__", "__repr__")
)
_FUNCTIONS_THAT_LOOK_AT_THE_OUTSIDE = frozenset(
    (
        *("len", "iter", "id", "isinstance", "issubclass", "callable", "type", "list"),
        *("tuple", "set", "frozenset", "deque", "enumerate", "reversed", "bool", "range", "islice"),
        *("length_hint", "getsizeof", "ref", "getrefcount", "bytes", "bytearray"),
        *("ReferenceType", "KeyedRef", "WeakMethod", "finalize"),
    )
)
_METHODS_THAT_GO_BY_ATTRIBUTES = frozenset(("format", "format_map"))
_METHODS_THAT_GIVE_THE_DICTIONARY = frozenset(("__reduce_ex__", "__reduce__", "__getstate__"))
_METHODS_ON_ALL_ATTRIBUTES = _METHODS_THAT_GIVE_THE_DICTIONARY | {"__dir__"}
