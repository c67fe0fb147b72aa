"""Which code gets switch points.

Every Python file does, except the standard library, installed packages, this harness, pytest and
Hypothesis; the packages that the user names do, too. Code without a file belongs to the module
whose globals it has.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from collections.abc import Mapping
from types import CodeType, FrameType
from typing import Any

from harness.errors import UsageError
from harness.instrument.several_steps import file_of, is_several_steps
from harness.outcome import Location
from harness.own_files import INSTALLED, PACKAGE, SUBJECTS

_STRATEGIES = os.path.join(os.path.dirname(PACKAGE.rstrip(os.sep)), "strategies") + os.sep
OTHER_TOOLS = (
    *("harness", "strategies", "pytest", "_pytest", "pluggy", "hypothesis", "greenlet"),
    *("xdist", "execnet", "pytest_timeout", "coverage"),
)
_THREADING = ("threading", "_thread", "_threading_local")


class CodeScope:
    """Decide for each code object whether it gets switch points.

    Args:
        instrument: names of packages or modules that get them, too.

    Raises:
        UsageError: for a name that is no importable Python module.
    """

    def __init__(self, instrument: tuple[str, ...] = ()) -> None:
        self.instrument = instrument
        self._included = tuple(path for name in instrument for path in _paths_of(name))
        self._excluded = _excluded_folders()
        self._known: dict[str, bool] = {}
        self.outside: set[str] = set()  # files of which no code is contained, as far as is known

    def contains_file(self, filename: str) -> bool:
        """Say whether code of this file gets switch points."""
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._decide(filename)
        return known

    def contains(self, code: CodeType, namespace: Mapping[str, Any]) -> bool:
        """Say whether `code`, run with these globals, gets switch points."""
        filename = code.co_filename
        several_steps = is_several_steps(code)
        if several_steps is not None and not self.contains_file(file_of(code)):
            return several_steps
        if filename.startswith("<"):
            return not filename.startswith("<frozen") and self.contains_namespace(namespace)
        if self.contains_file(filename):
            return True
        self.outside.add(filename)
        return False

    def contains_namespace(self, namespace: Mapping[str, Any]) -> bool:
        """Say whether these globals belong to a module in scope."""
        filename = namespace.get("__file__")
        if isinstance(filename, str):
            return self.contains_file(filename)
        return bool(namespace.get("__name__", "__main__") == "__main__")

    def place_of(self, frame: FrameType | None) -> tuple[str, int, str]:
        """Return file, line and function of the innermost frame in scope, or empty ones."""
        while frame is not None:
            if self.contains(frame.f_code, frame.f_globals):
                return file_of(frame.f_code), frame.f_lineno or 0, frame.f_code.co_qualname
            frame = frame.f_back
        return "", 0, ""

    def raising_line(self, exception: BaseException) -> Location | None:
        """Return the innermost line in scope that an exception came through, if any."""
        traceback, found = exception.__traceback__, None
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if self.contains(code, traceback.tb_frame.f_globals):
                found = Location(code.co_filename, traceback.tb_lineno)
            traceback = traceback.tb_next
        return found

    def is_installed(self, filename: str) -> bool:
        """Say whether the file belongs to an installed package that is out of scope."""
        return any(part in filename for part in INSTALLED) and not self.contains_file(filename)

    def _decide(self, filename: str) -> bool:
        path = os.path.abspath(filename)
        real = os.path.realpath(path)
        if any(path.startswith(folder) or real.startswith(folder) for folder in self._included):
            return True
        if path.startswith(SUBJECTS):
            return True
        if any(part in path for part in INSTALLED):
            return False
        return not any(
            path.startswith(folder) or real.startswith(folder) for folder in self._excluded
        )


def _excluded_folders() -> tuple[str, ...]:
    folders = {PACKAGE, _STRATEGIES}
    for key in ("stdlib", "platstdlib"):
        folder = sysconfig.get_paths()[key]
        folders |= {folder + os.sep, os.path.realpath(folder) + os.sep}
    for name in OTHER_TOOLS:
        module = sys.modules.get(name)
        if name in ("harness", "strategies"):
            continue  # a project may have a folder of that name
        if module is not None and getattr(module, "__file__", None):
            path = os.path.abspath(module.__file__ or "")
            is_package = os.path.basename(path).startswith("__init__.")
            folders.add(os.path.dirname(path) + os.sep if is_package else path)
    return tuple(sorted(folders))


def _paths_of(name: str) -> tuple[str, ...]:
    advice = "Name an importable package or module, like instrument=('cachetools',)."
    if not isinstance(name, str) or not name:
        raise UsageError(f"instrument got {name!r}. {advice}")
    if name.partition(".")[0] in ("harness", *_THREADING[1:]):
        raise UsageError(f"instrument got {name!r}, which the harness itself runs on. {advice}")
    loaded = sys.modules.get(name)
    if loaded is not None and getattr(loaded, "__spec__", None) is None:
        return _paths_of_replaced(name, loaded, advice)
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError) as error:
        raise UsageError(
            f"instrument got {name!r}, which cannot be found ({error}). {advice}"
        ) from error
    if spec is None:
        raise UsageError(f"instrument got {name!r}, which cannot be found. {advice}")
    if spec.submodule_search_locations:
        return tuple(
            form
            for folder in spec.submodule_search_locations
            for form in (os.path.abspath(folder) + os.sep, os.path.realpath(folder) + os.sep)
        )
    if spec.origin is None or not spec.origin.endswith(".py"):
        raise UsageError(
            f"instrument got {name!r}, which has no Python source ({spec.origin}). It runs as one step."
        )
    return os.path.abspath(spec.origin), os.path.realpath(spec.origin)


def _paths_of_replaced(name: str, module: Any, advice: str) -> tuple[str, ...]:
    """Return the paths of a module that has put another object in its place."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not file.endswith(".py"):
        raise UsageError(f"instrument got {name!r}, whose source cannot be found. {advice}")
    is_package = os.path.basename(file) == "__init__.py"
    path = os.path.dirname(file) + os.sep if is_package else file
    return os.path.abspath(path) + os.sep * is_package, os.path.realpath(path) + os.sep * is_package
