"""What locks and other synchronization objects are called in reports."""

from __future__ import annotations

import linecache
from typing import Any

from harness.outcome import Location
from harness.report.table import shown_path


class ResourceNames:
    """Name each resource of an execution; whoever notes its creation is a subclass."""

    creations: dict[int, tuple[str, int]]  # by the id of a resource: file and line
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
        name = type(resource).__name__
        made = self.creations.get(id(resource))
        if made is None or not made[0]:
            thread_name = getattr(resource, "_name", None)
            return (f"{name} {thread_name!r}" if isinstance(thread_name, str) else name), ""
        target = linecache.getline(*made).partition("=")[0].partition(":")[0].strip()
        simple = target.rpartition(".")[2]
        shown = f" {simple!r}" if simple.isidentifier() else ""
        return f"{name}{shown}", f" ({shown_path(Location(*made))})"
