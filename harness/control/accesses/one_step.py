"""Which Python code of the standard library is one step, and changes the object it belongs to.

A method of a ZipFile or of a CookieJar reads and writes attributes that no hook sees. So a call of
it is taken to touch them all, as a property is that such a class has.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType, MethodType
from typing import Any

from harness.instrument.known_code import with_hooks
from harness.kinds import fields_of, module_of, mro_of, names_of
from harness.own_files import is_of_the_library

# Whose classes have objects with a state, and neither points nor locks that the harness knows.
MODULES = frozenset(
    (
        *("argparse", "bz2", "calendar", "cmd", "code", "codecs", "csv", "dbm.dumb", "difflib"),
        *("email.feedparser", "email.generator", "filecmp", "fileinput", "ftplib", "gettext"),
        *("graphlib", "gzip", "html.parser", "http.client", "http.cookiejar", "http.cookies"),
        *("http.server", "imaplib", "logging", "logging.handlers", "lzma", "mailbox", "mimetypes"),
        *("optparse", "poplib", "shelve", "shlex", "smtplib", "socketserver", "tarfile"),
        *("tempfile", "textwrap", "timeit", "urllib.request", "urllib.robotparser"),
        *("wsgiref.handlers", "wsgiref.headers", "xml.dom.minidom", "xml.dom.pulldom"),
        *("xml.etree.ElementTree", "xml.sax.expatreader", "xml.sax.saxutils", "xmlrpc.client"),
        *("xmlrpc.server", "zipfile", "zipfile._path"),
    )
)

_MOST_CLASSES = 1_000
_known: dict[type, bool] = {}


def is_one_step(function: Any) -> bool:
    """Say whether it is a Python function of the standard library without switch points."""
    if type(function) is not FunctionType:
        return False
    code = function.__code__
    return id(code) not in with_hooks and is_of_the_library(code.co_filename)


def names_that_change(method: Any) -> Iterator[str]:
    """Return the attributes of its object that such a method may set, and properties of theirs."""
    yield from fields_of(method.__self__)
    yield from method.__code__.co_names
    for kind in mro_of(type(method.__self__)):
        yield from (name for name, value in names_of(kind).items() if type(value) is property)


def has_a_state(candidate: Any) -> bool:
    """Say whether it is an object of such a class, or of one that inherits from it."""
    kind = type(candidate)
    found = _known.get(kind)
    if found is None:
        if len(_known) > _MOST_CLASSES:  # a body may make new ones in each execution
            _known.clear()
        found = _known[kind] = any(module_of(base) in MODULES for base in mro_of(kind))
    return found


def changes_its_object(method: Any) -> bool:
    """Say whether it is a method that reads and writes attributes of its object in one step."""
    return (
        type(method) is MethodType
        and method.__module__ in MODULES
        and not issubclass(type(method.__self__), type)
        and is_one_step(method.__func__)
    )
