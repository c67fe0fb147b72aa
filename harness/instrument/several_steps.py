"""Which code of the standard library gets switch points, because a call of it is several steps.

It goes through what it is given, changes it, or exchanges something and puts it back, in Python:
others may come in between, as they may in the program's own code.
"""

from __future__ import annotations

import os
from types import CodeType

_FOLDER = os.path.dirname(os.__file__) + os.sep
_ALL = frozenset(("*",))
_DEFINED = {  # in each file, the classes and functions, or single methods
    "_collections_abc.py": frozenset(
        (
            *("Mapping", "MutableMapping", "MappingView", "KeysView", "ItemsView", "ValuesView"),
            *("Sequence", "MutableSequence", "Set", "MutableSet"),
        )
    ),
    "collections/__init__.py": frozenset(("Counter", "ChainMap", "UserDict", "UserList")),
    "contextlib.py": frozenset(("_RedirectStream", "chdir", "closing.__exit__")),
    "copy.py": _ALL,
    "dataclasses.py": frozenset(
        ("asdict", "_asdict_inner", "astuple", "_astuple_inner", "replace", "_replace")
    ),
    "heapq.py": _ALL,
    "json/__init__.py": frozenset(("dump",)),
    "json/encoder.py": frozenset(("_make_iterencode",)),
    "pprint.py": _ALL,
    "random.py": frozenset(("Random",)),
    "reprlib.py": frozenset(("Repr",)),
    "statistics.py": _ALL,
    "string.py": frozenset(("Formatter", "Template")),
    "string/__init__.py": frozenset(("Formatter", "Template")),
    "unittest/mock.py": frozenset(("_patch", "_patch_dict")),
    "warnings.py": frozenset(("catch_warnings",)),  # before 3.14, where it had no lock
    "weakref.py": frozenset(("WeakKeyDictionary", "WeakValueDictionary")),
}
_FILES = {_FOLDER + name.replace("/", os.sep): defined for name, defined in _DEFINED.items()}
_FROZEN = {"<frozen _collections_abc>": f"{_FOLDER}_collections_abc.py"}
_FILES |= {name: _FILES[file] for name, file in _FROZEN.items()}
_CALLBACKS = f"{_FOLDER}weakref.py"  # whose inner functions are called where something dies


def is_several_steps(code: CodeType) -> bool | None:
    """Say whether code of such a file is several steps, `None` if it is of no such file."""
    defined = _FILES.get(code.co_filename)
    if defined is None:
        return None
    owner, _, name = code.co_qualname.partition(".")
    if "<locals>" in name and code.co_filename == _CALLBACKS:
        return False
    return owner in defined or code.co_qualname in defined or defined is _ALL


def has_some(filename: object) -> bool:
    """Say whether a file has such code."""
    return filename in _FILES


def file_of(code: CodeType) -> str:
    """Return the path of the file that the code comes from."""
    return _FROZEN.get(code.co_filename, code.co_filename)
