"""Which names are bound while threads run: only these can be read differently in another order.

A read of an attribute, a global or a variable of an enclosing function whose name nobody binds
while threads run makes no difference, whatever object it is read from. Most reads are of this kind:
of methods, of functions, of objects that are set up before the first thread starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.control.accesses.one_step import names_that_change
from harness.instrument.site import Site

_READS_BY_NAME = frozenset(
    (
        "read_attribute",
        "super_attribute",
        "lock_attribute",
        "queue_attribute",
        "read_cell",
        "read_name",
    )
)
_WRITES_BY_NAME = frozenset(
    (
        *("write_attribute", "delete_attribute", "write_cell", "delete_cell"),
        *("write_name", "delete_name"),
    )
)
# With these a name can be bound that no site shows.
_BIND_ANY_NAME = frozenset(
    (
        *("setattr", "delattr", "__setattr__", "__delattr__"),
        *("vars", "globals", "locals", "exec", "eval", "proxy"),
    )
)
# Whoever sets these changes what is found under each name.
_BRING_ANY_NAME = frozenset(("__dict__", "__class__", "__bases__"))


class WrittenNames:
    """Keep the names that some execution has bound while threads ran."""

    def __init__(self) -> None:
        self.grown = False  # since `settle`
        self._names: set[str] = set()
        self._any = False
        self._called: set[tuple[type, Any]] = set()  # methods, with the class of their object
        self._quiet: set[Site] = set()
        self._between: set[Site] = set()  # where others may come in between two steps of C code

    def is_quiet(self, site: Site) -> bool:
        """Say whether a site makes no difference, as far as is known."""
        if self._any or site.kind not in _READS_BY_NAME or site.name in self._names:
            return False
        if site in self._between:
            return False
        if site.name == "__dict__":
            self._add_any()
            return False
        return True

    def hush(self, sites: Iterable[Site]) -> None:
        """Watch none of these sites that makes no difference."""
        for site in sites:
            if site.watched and self.is_quiet(site):
                site.watched = False
                self._quiet.add(site)

    def add(self, site: Site) -> None:
        """Note that a site is passed while threads run."""
        if site.kind in _WRITES_BY_NAME:
            self.add_name(site.name)

    def add_name(self, name: str) -> None:
        """Note that a name is bound while threads run."""
        if name not in self._names:
            self._names.add(name)
            self._grow()
        if name in _BRING_ANY_NAME:
            self._add_any()

    def add_names_of(self, method: Any) -> None:
        """Note that a method of the standard library is called, which may bind attributes."""
        called = (type(method.__self__), method.__func__)
        if called not in self._called:
            self._called.add(called)
            for name in names_that_change(method):
                self.add_name(name)

    def add_between(self, site: Site) -> None:
        """Note that a site is passed in what C code has called."""
        if site not in self._between:
            self._between.add(site)
            self._grow()

    def begin_with(self, sites: Iterable[Site]) -> None:
        """Take note of what was passed before anything is to be concluded."""
        for site in sites:
            self.add(site)
        self.settle()

    def call(self, name: str) -> None:
        """Note that a function of C is called while threads run."""
        if name in _BIND_ANY_NAME:
            self._add_any()

    def settle(self) -> None:
        """Take note that everything that was run before the names have grown is to be forgotten."""
        self.grown = False

    def _add_any(self) -> None:
        if not self._any:
            self._any = True
            self._grow()

    def _grow(self) -> None:
        self.grown = True
        for site in self._quiet:
            site.watched = True
        self._quiet.clear()
