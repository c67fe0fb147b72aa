"""Calls that touch what all threads of a process share: its working directory, filters and the like."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from io import BytesIO, StringIO
from typing import Any

from harness.control.accesses.containers import of_whole
from harness.control.accesses.locations import Accessed, Touch
from harness.operation import READ, WRITE

_DIRECTORY, _FILTERS, _LOCALE, _ENVIRONMENT, _LIMIT, _INTERVAL, _MASK = (
    *("the working directory", "the filters of warnings", "the locale", "the environment"),
    *("the recursion limit", "the switch interval", "the file mode mask"),
)
_DIGITS, _TIMEOUT, _COLLECTION = (
    *("the most digits of an int", "the default timeout of sockets", "garbage collection"),
)
_SOCKETS = ("_socket", "socket")
_PATHS = frozenset(("cwd", "absolute", "resolve"))
_EXCHANGES = frozenset(("__enter__", "__exit__"))  # of catch_warnings
_READERS = {  # what, by module and name
    **dict.fromkeys((("posix", "getcwd"), ("posix", "getcwdb"), ("nt", "getcwd")), _DIRECTORY),
    **{
        (module, name): _DIRECTORY
        for module in ("posixpath", "ntpath")
        for name in ("abspath", "realpath", "relpath")
    },
    **{(f"pathlib{part}", name): _DIRECTORY for part in ("", "._local") for name in _PATHS},
    **{
        (module, name): _FILTERS
        for module in ("warnings", "_warnings", "_py_warnings")
        for name in ("warn", "warn_explicit")
    },
    **dict.fromkeys((("locale", "getlocale"), ("_locale", "localeconv")), _LOCALE),
    **{("locale", name): _LOCALE for name in ("localeconv", "format_string", "str", "atof")},
    **{("os", name): _ENVIRONMENT for name in ("getenv", "getenvb")},
    **{("posixpath", name): _ENVIRONMENT for name in ("expandvars", "expanduser")},
    ("sys", "getrecursionlimit"): _LIMIT,
    ("sys", "getswitchinterval"): _INTERVAL,
    ("sys", "get_int_max_str_digits"): _DIGITS,
    **{(module, "getdefaulttimeout"): _TIMEOUT for module in _SOCKETS},
    **{("socket", name): _TIMEOUT for name in ("create_connection", "create_server")},
    **{("gc", name): _COLLECTION for name in ("isenabled", "get_threshold", "get_debug")},
}
_WRITERS = {
    **dict.fromkeys((("posix", "chdir"), ("posix", "fchdir"), ("nt", "chdir")), _DIRECTORY),
    **{
        (module, name): _FILTERS
        for module in ("warnings", "_py_warnings")
        for name in ("simplefilter", "filterwarnings", "resetwarnings")
    },
    **{("_py_warnings", name): _FILTERS for name in _EXCHANGES},
    **dict.fromkeys((("locale", "setlocale"), ("_locale", "setlocale")), _LOCALE),
    ("sys", "setrecursionlimit"): _LIMIT,
    ("sys", "setswitchinterval"): _INTERVAL,
    ("posix", "umask"): _MASK,
    ("sys", "set_int_max_str_digits"): _DIGITS,
    **{(module, "setdefaulttimeout"): _TIMEOUT for module in _SOCKETS},
    **{("gc", name): _COLLECTION for name in ("enable", "disable", "set_threshold", "set_debug")},
}
MODULES = frozenset(module for module, _ in (*_READERS, *_WRITERS))


class _State:
    """Be the owner of these locations."""


_STATE = _State()


def is_call(module: str, name: str) -> bool:
    """Say whether a function of a module, known by its name, touches any of it."""
    return (module, name) in _READERS or (module, name) in _WRITERS


def bound_by(function: Any) -> str:
    """Return the name of an attribute that a call binds, where no code in scope shows it."""
    is_exchange = function.__module__ == "_py_warnings" and function.__name__ in _EXCHANGES
    return "filters" if is_exchange else ""


def of_call(module: str, name: str) -> Accessed | None:
    """Resolve a call; `None` if it touches nothing of the process."""
    what, mode = _WRITERS.get((module, name)), WRITE
    if what is None:
        what, mode = _READERS.get((module, name)), READ
    if what is None:
        return None
    if what == _ENVIRONMENT:
        return of_whole(os.environ, write=False)
    if what == _FILTERS:
        return _of_filters(is_exchange=name in _EXCHANGES, write=mode == WRITE)
    return Accessed((Touch(_STATE, what, mode),), what)


def _of_filters(*, is_exchange: bool, write: bool) -> Accessed:
    """Resolve the use of the list of filters, or its exchange for another one."""
    namespace = sys.modules["warnings"].__dict__
    name = Touch(namespace, "filters", WRITE if is_exchange else READ)
    items = of_whole(namespace.get("filters"), write=write and not is_exchange)
    return Accessed((name, *items.touches), _FILTERS)


def of_print(given: Iterable[Any]) -> Accessed:
    """Resolve the use of `sys.stdout` by `print`, which may have got another file."""
    stdout: Any = sys.stdout
    accessed = Accessed((Touch(sys.__dict__, "stdout", READ),), "sys.stdout")
    if type(stdout) is StringIO and not any(type(one) in (StringIO, BytesIO) for one in given):
        return accessed.joined(of_whole(stdout, write=True))
    return accessed
