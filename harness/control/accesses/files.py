"""Calls that touch files: all of them are one location."""

from __future__ import annotations

from typing import Any

from harness.control.accesses.locations import Accessed, Touch
from harness.operation import READ, WRITE

LABEL = "files"  # what an access to them is called
_READERS = {  # by module
    "genericpath": frozenset(("exists", "lexists", "isfile", "isdir", "getsize", "getmtime")),
    "posixpath": frozenset(("exists", "lexists", "isfile", "isdir", "islink", "ismount")),
    "posix": frozenset(("stat", "lstat", "listdir", "scandir", "access", "readlink")),
    "nt": frozenset(("stat", "lstat", "listdir", "scandir", "access", "readlink")),
    "os": frozenset(("walk", "scandir", "fwalk")),
    "shutil": frozenset(("which", "disk_usage")),
    "pathlib": frozenset(
        (
            *("exists", "is_file", "is_dir", "is_symlink", "stat", "lstat", "iterdir", "glob"),
            *("rglob", "read_text", "read_bytes", "samefile", "owner", "group", "walk"),
        )
    ),
}
_READERS |= {"pathlib._local": _READERS["pathlib"], "pathlib._abc": _READERS["pathlib"]}
_WRITERS = frozenset(
    (
        *("mkdir", "makedirs", "rmdir", "removedirs", "remove", "unlink", "rename", "renames"),
        *("replace", "link", "symlink", "truncate", "utime", "chmod", "chdir", "touch"),
        *("write_text", "write_bytes", "symlink_to", "hardlink_to", "rmtree", "copy", "copy2"),
        *("copyfile", "copytree", "move", "make_archive", "unpack_archive"),
    )
)
MODULES = frozenset(_READERS)
_PATHS = ("pathlib", "pathlib._local", "pathlib._abc")
OPENING = frozenset(("_io", "io", *_PATHS))
_WRITING = frozenset("wax+")


class _Files:
    """Be the location."""


_FILES = _Files()


def is_call(module: str, name: str) -> bool:
    """Say whether a function of a module, known by its name, touches files."""
    return module in _READERS and (name in _READERS[module] or name in _WRITERS)


def of_call(module: str, name: str, argument: Any, second: Any) -> Accessed | None:
    """Resolve a call; `None` if it touches no files."""
    if is_call(module, name):
        writes = name not in _READERS[module]
    elif name == "open" and module in OPENING:
        mode = argument if module in _PATHS else second
        writes = type(mode) is str and not _WRITING.isdisjoint(mode)
    else:
        return None
    return Accessed((Touch(_FILES, "", WRITE if writes else READ),), LABEL)
