"""Where modules in scope keep a lock or the like that was made before the exploration."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from harness.control.primitives.simple_queue import resource_of
from harness.instrument.scope import CodeScope
from harness.kinds import dictionary_of

_INNER = "_cond"  # of barriers, whose own name says more


def place_in_modules(resource: Any, scope: CodeScope) -> tuple[str, str] | None:
    """Return the module that keeps a resource, and the name there; `None` if none does.

    Args:
        resource: what is looked for among globals, the attributes of classes and the fields of
            objects.
        scope: which modules are looked at.
    """
    for module in list(sys.modules.values()):
        if type(module) is ModuleType and scope.contains_namespace(module.__dict__):
            for name, value in _kept_in(module.__dict__):
                if resource_of(value) is resource:
                    return module.__name__, name
    return None


def _kept_in(namespace: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, value in list(namespace.items()):
        yield name, value
        if type(value) is not ModuleType:
            for part, inner in list(dictionary_of(value).items()):
                yield (name if part == _INNER else f"{name}.{part}"), inner
