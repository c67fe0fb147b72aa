"""Globals and class attributes that code in scope rebinds are put back after each execution."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.instrument.site import Site
from harness.kinds import is_a, names_of, namespace_of

_ABSENT: Any = object()


class Rebound:
    """Remember what was there before the first store of an execution."""

    def __init__(self) -> None:
        self.sites: set[Site] = set()  # stores to names that need no further look
        self._attributes: dict[tuple[int, str], tuple[Any, str, Any]] = {}
        self._names: dict[tuple[int, str], tuple[dict[str, Any], str, Any]] = {}

    def attribute(self, owner: Any, name: str) -> None:
        """Remember the attribute `name` of a class or module that is about to change."""
        key = (id(owner), name)
        if key not in self._attributes:
            old = _attributes_of(owner).get(name, _ABSENT)
            self._attributes[key] = (owner, name, old)
            running.has_remains = True

    def name(self, site: Site, frame: FrameType) -> None:
        """Remember the global that `site` is about to bind in `frame`."""
        if not frame.f_code.co_flags & CO_OPTIMIZED and frame.f_locals is not frame.f_globals:
            return  # the body of a class, whose names nobody else can see yet
        self.sites.add(site)
        running.has_remains = True
        self.entry(frame.f_globals, site.name)

    def entry(self, namespace: dict[str, Any], name: str) -> None:
        """Remember the global `name` that is about to be bound."""
        key = (id(namespace), name)
        if key not in self._names:
            self._names[key] = (namespace, name, namespace.get(name, _ABSENT))
            running.has_remains = True

    def put_back(self) -> None:
        """Put back everything that was remembered, and forget it."""
        if self._names:
            for namespace, name, old in self._names.values():
                if old is _ABSENT:
                    namespace.pop(name, None)
                else:
                    namespace[name] = old
            self._names.clear()
        if self._attributes:
            for owner, name, old in self._attributes.values():
                if old is not _ABSENT:
                    setattr(owner, name, old)
                elif name in _attributes_of(owner):
                    delattr(owner, name)
            self._attributes.clear()
        self.sites.clear()


def _attributes_of(owner: Any) -> Mapping[str, Any]:
    return names_of(owner) if is_a(owner, type) else namespace_of(owner)


rebound = Rebound()
