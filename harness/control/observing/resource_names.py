"""What locks and other synchronization objects are called in reports."""

from __future__ import annotations

import linecache
from typing import Any

from harness.control.observing.places_in_modules import place_in_modules
from harness.control.primitives.simple_queue import CountOfItems
from harness.control.primitives.twins import is_twin
from harness.instrument.scope import CodeScope
from harness.outcome import Location
from harness.report.table import shown_path

_NOWHERE = ("", 0)
_OF_QUEUES = {"acquire": "get", "release": "put"}


def shown_operation(operation: str, resource: Any) -> str:
    """Return what reports call an operation."""
    return _OF_QUEUES.get(operation, operation) if isinstance(resource, CountOfItems) else operation


def _assigned_in(line: str, function: str) -> str:
    """Return the name that a line gives what it makes, with the class if it is an attribute of self.

    Args:
        line: a line of the source.
        function: the qualified name of the function that it is a line of.
    """
    target, _, value = line.partition("=")
    if ";" in line or value.lstrip().startswith(("[", "{", "(")):
        return ""  # several things
    target = target.partition(":")[0].strip()
    owner, _, name = target.rpartition(".")
    if not name.isidentifier():
        return ""
    maker = function.rpartition("<locals>.")[2].rpartition(".")[0]
    return f"{maker}.{name}" if owner == "self" and maker else name


def _lock_in(resource: Any) -> Any:
    """Return the lock that conditions, events and semaphores are made of, which was seen made."""
    if isinstance(resource, CountOfItems):  # which was seen made itself
        return resource
    condition = getattr(resource, "_cond", resource)
    return getattr(condition, "_lock", condition)


class ResourceNames:
    """Name each resource of an execution; whoever notes its creation is a subclass."""

    creations: dict[int, tuple[str, int]]  # by the id of a resource: file and line
    makers: dict[int, str]  # and the function
    _scope: CodeScope
    _names: dict[int, str]  # of locks and the like
    _namesakes: dict[str, int]  # how many have the same name

    def describe(self, resource: Any) -> str:
        """Name a lock or another synchronization object by its type and the line that made it.

        Several that one line has made are numbered in the order in which they are used.
        """
        if resource is None:
            return ""
        known = self._names.get(id(resource))
        if known is None:
            name, where = self._name_of(resource)
            number = self._namesakes[name + where] = self._namesakes.get(name + where, 0) + 1
            known = f"{name} #{number}{where}" if number > 1 else name + where
            self._names[id(resource)] = known
        return known

    def _name_of(self, resource: Any) -> tuple[str, str]:
        kind = "SimpleQueue" if isinstance(resource, CountOfItems) else type(resource).__name__
        own_name = getattr(resource, "_name", None)  # as threads have
        if isinstance(own_name, str):
            return f"{kind} {own_name!r}", ""
        lock = _lock_in(resource)
        made = self.creations.get(id(lock), _NOWHERE)
        is_early = is_twin(lock)
        if is_early or made == _NOWHERE:
            kept = place_in_modules(resource, self._scope)
            if kept is not None:
                return f"{kind} {kept[1]!r}", f" (in {kept[0]})"
        if not made[0]:
            return kind, ""
        where = shown_path(Location(*made))
        if is_early:
            return kind, f" (first used at {where})"
        name = _assigned_in(linecache.getline(*made), self.makers.get(id(lock), ""))
        return f"{kind} {name!r}" if name else kind, f" ({where})"
