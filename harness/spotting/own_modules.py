"""The modules that a script imports from its own folder: loaded anew in each execution.

Their code is compiled and given hooks once; each execution runs it in fresh namespaces, so that
nothing which they keep at module level gets from one execution into the next.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import os
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from harness.own_files import INSTALLED

_real_exec = builtins.exec
WithHooks = Callable[[CodeType, dict[str, Any]], CodeType]


class OwnModules:
    """Find the modules of one folder before anybody else does.

    Args:
        folder: the script's folder.
        with_hooks: returns code with hooks, for a namespace.
    """

    def __init__(self, folder: str, with_hooks: WithHooks) -> None:
        self._folder = os.path.realpath(folder) + os.sep
        self._with_hooks = with_hooks
        self._codes: dict[str, CodeType] = {}
        self._loaded: list[str] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load a module of the folder, `None` for every other."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or not spec.origin:
            return None
        if not os.path.realpath(spec.origin).startswith(self._folder):
            return None
        if any(part in spec.origin for part in INSTALLED):
            return None
        spec.loader = _Loader(name, spec.origin, self)
        return spec

    def begin(self) -> None:
        """Look first from now on."""
        sys.meta_path.insert(0, self)
        importlib.invalidate_caches()

    def end(self) -> None:
        """Look no longer, and forget what was loaded."""
        if self in sys.meta_path:  # or the script has taken it away
            sys.meta_path.remove(self)
        for name in self._loaded:
            sys.modules.pop(name, None)
        self._loaded.clear()

    def run(self, module: ModuleType, loader: SourceFileLoader) -> None:
        """Run a module's code in its namespace."""
        self._loaded.append(module.__name__)
        namespace = vars(module)
        code = self._codes.get(loader.path)
        if code is None:
            compiled = loader.source_to_code(loader.get_data(loader.path), loader.path)
            code = self._codes[loader.path] = self._with_hooks(compiled, namespace)
        _real_exec(code, namespace)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, modules: OwnModules) -> None:
        super().__init__(name, path)
        self._modules = modules

    def exec_module(self, module: ModuleType) -> None:
        self._modules.run(module, self)
