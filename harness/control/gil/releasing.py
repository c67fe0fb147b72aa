"""Know which C code may give up the GIL before it has returned.

It does so around what may take long: files, sockets, databases, compression. No check follows where
such code raises, or where it is no call: a file is iterated, left by `with`, or dropped. So these
count before they run. Modules that are not the standard library's may do anything.
"""

from __future__ import annotations

import sys
from _io import _IOBase
from functools import partial
from importlib.machinery import EXTENSION_SUFFIXES
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

from harness.kinds import is_a, is_heap_type, namespace_of

_IMMUTABLE_TYPE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE: no class that Python code made is that

# Modules of the standard library, without a leading underscore, some of whose C code gives it up.
_RELEASING = frozenset(
    (
        *("posix", "nt", "os", "io", "socket", "select", "ssl", "mmap", "fcntl", "msvcrt"),
        *("sqlite3", "dbm", "gdbm", "zlib", "bz2", "lzma", "zstd", "compression"),
        *("hashlib", "md5", "sha1", "sha2", "sha256", "sha512", "sha3", "blake2", "hmac"),
        *("ctypes", "pwd", "grp", "crypt", "spwd", "termios", "tty", "readline", "winapi"),
        *("posixsubprocess", "posixshmem", "multiprocessing", "interpreters", "tkinter"),
        *("ossaudiodev", "syslog", "resource", "nis", "uuid", "overlapped", "winreg"),
    )
)
# Classes of _io that are in memory, or that leave everything to the classes made from them.
_KEEPING = frozenset(
    ("StringIO", "BytesIO", "_IOBase", "_RawIOBase", "_BufferedIOBase", "_TextIOBase")
)
_OURS = frozenset(("greenlet", "harness", "strategies"))

_SUFFIXES = tuple(EXTENSION_SUFFIXES)
_MOST_KINDS = 1_000

# What is known of a class, by its id: a class may have a __hash__ of its own. Kept with it.
_kinds: dict[int, tuple[type, bool]] = {}
_EXIT_OF_A_FILE = _IOBase.__dict__["__exit__"]
_DESCRIPTORS = (MethodDescriptorType, WrapperDescriptorType, ClassMethodDescriptorType)


def releases(operand: object) -> bool:
    """Say whether what is done to `operand` may give up the GIL in C code."""
    return _of_kind(type(operand))


def releases_inside(function: Any) -> bool:
    """Say whether calling `function` may give up the GIL in C code that it is made of."""
    kind = type(function)
    while kind is partial:
        function = function.func
        kind = type(function)
    if kind is FunctionType or kind is MethodType:
        return False  # what it calls is looked at when it does
    if issubclass(kind, BuiltinFunctionType):  # there is a subclass without a name
        owner = function.__self__
        if owner is None or type(owner) is ModuleType:
            return _of_module(function.__module__)
        return _of_kind(owner if is_a(owner, type) else type(owner))
    if kind in _DESCRIPTORS:
        # Since 3.14 `with` loads a file's method without the file, which may be in memory, too.
        return function is _EXIT_OF_A_FILE or _of_kind(function.__objclass__)
    if kind is MethodWrapperType:
        return _of_kind(type(function.__self__))
    return _of_kind(function if is_a(function, type) else kind)


def _of_kind(kind: type) -> bool:
    found = _kinds.get(id(kind))
    if found is None:
        if len(_kinds) > _MOST_KINDS:  # classes that are made anew each time
            _kinds.clear()
        found = _kinds[id(kind)] = (kind, any(map(_is_releasing, kind.__mro__)))
    return found[1]


def _is_releasing(kind: type) -> bool:
    """Say so of one class alone, not of those that it inherits from."""
    made_at_run_time = is_heap_type(kind)
    module = kind.__dict__.get("__module__") if made_at_run_time else kind.__module__
    if type(module) is not str:
        return False
    if made_at_run_time and not kind.__flags__ & _IMMUTABLE_TYPE and not _is_in_c(module):
        return False  # Python code made it; what it calls is looked at when it does
    return _of_module(module) and kind.__name__ not in _KEEPING


def _of_module(name: object) -> bool:
    if type(name) is not str:
        return False
    top = name.partition(".")[0]
    return top.lstrip("_") in _RELEASING or not (top in sys.stdlib_module_names or top in _OURS)


def _is_in_c(name: str) -> bool:
    if name in sys.builtin_module_names:
        return True
    file = namespace_of(sys.modules.get(name)).get("__file__")
    return type(file) is str and file.endswith(_SUFFIXES)
