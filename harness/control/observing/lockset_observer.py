"""Watch one execution for which locks are held at each access; see `harness.analysis.locksets`."""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import Any

from harness.analysis.locksets import Access, LocationHistory, Protection, protection_of
from harness.control.accesses.containers import STRUCTURE
from harness.control.accesses.locations import Accessed
from harness.control.observing.observer import Observer
from harness.control.observing.vector_clocks import VectorClocks
from harness.control.primitives.lock import Lock
from harness.control.primitives.rlock import RLock
from harness.control.scheduling.task import FOREVER, Task
from harness.instrument.scope import CodeScope
from harness.instrument.site import Site
from harness.mutex import Mutex
from harness.own_files import CONTROL

_FILE_OF_MUTEX = Mutex.__init__.__code__.co_filename
_IN_BETWEEN = (  # frames between what makes a lock and the lock
    CONTROL,
    threading.__file__ or "",
)
_NO_LOCATIONS = "<"  # names like <any item>, which stand for many locations at once


class LocksetObserver(Observer):
    """Note at each access who made it, when, and which locks it held.

    Args:
        scope: which code has switch points.
    """

    def __init__(self, scope: CodeScope) -> None:
        super().__init__(scope, steps=False)

    def begin(self) -> None:
        """Forget everything, because the execution is run again."""
        super().begin()
        self._locations: dict[int, LocationHistory] = {}
        self._owners: dict[int, Any] = {}  # keeps the identities of what is noted
        self._names_of_locks: dict[int, str] = {}
        self._known = VectorClocks()  # by what was handed over, too
        self._owning: set[int] = set()  # locks that a Mutex has made for what it owns
        self._inside: set[int] = set()  # locks of packages out of scope, like a queue's
        self._handed_over: dict[int, list[int]] = {}  # by resource: what whoever takes it knows

    def protections(self) -> list[Protection]:
        """Return how the locations are protected that tasks can be at at a time.

        Several locations with one name, like the items of a list, count as one.
        """
        found: dict[tuple[str, bool], Protection] = {}
        for history in self._locations.values():
            protection = protection_of(history, self._names_of_locks)
            if protection is not None:
                found.setdefault((protection.label, protection.is_missing), protection)
        owned = [
            Protection(self._short_name(self._kept[lock]), self.creations[lock], owned=True)
            for lock in sorted(self._owning, key=lambda lock: self.creations[lock])
            if len(self._users.get(lock, ())) > 1
        ]
        every = [*found.values(), *owned]
        return sorted(every, key=lambda one: (not one.is_missing, one.line, one.label))

    def create(self, resource: Any) -> None:
        """Note where a lock is made, and whether for a Mutex or inside something like a queue."""
        super().create(resource)
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(_IN_BETWEEN):
            frame = frame.f_back
        if frame is None or self._scope.contains(frame.f_code, frame.f_globals):
            return
        if frame.f_code.co_filename == _FILE_OF_MUTEX:
            self._owning.add(id(resource))
        else:
            self._inside.add(id(resource))

    def _keep(self, owner: Any) -> None:
        """Keep `owner` itself: at the end it is asked for its name."""
        self._kept[id(owner)] = owner

    def switch(self, task: Task, to: Task, kind: str) -> None:
        """Take note of nothing: where the switches are does not matter."""

    def start(self, parent: Task, child: Task) -> None:
        """Note that what came before the start happens before what the child does."""
        super().start(parent, child)
        self._known.start(parent.number, child.number)

    def join(self, task: Task, joined: Task, *, timed: bool) -> None:
        """Note that what the joined task did happens before what comes now."""
        super().join(task, joined, timed=timed)
        self._known.learn(task.number, self._known.of(joined.number))
        self._known.tick(task.number)

    def synchronize(
        self, task: Task, operation: str, resource: Any, *, patience: int = FOREVER
    ) -> None:
        """Note a hand-over, unless the resource is a lock of code in scope: those are compared."""
        super().synchronize(task, operation, resource, patience=patience)
        if resource is None or operation == "print":
            return
        if isinstance(resource, Lock | RLock) and id(resource) not in self._inside:
            return
        handed = self._handed_over.setdefault(id(resource), [])
        self._known.learn(task.number, handed)
        handed[:] = self._known.of(task.number)
        self._known.tick(task.number)

    def _note(
        self, task: Task, site: Site, accessed: Accessed, write: bool, delete: bool, value: Any
    ) -> None:
        super()._note(task, site, accessed, write, delete, value)
        if not accessed.touches:
            return
        clock = self._known.of(task.number)
        locks = frozenset(map(id, task.held))
        for lock in task.held:
            if id(lock) not in self._names_of_locks:
                self._owners[id(lock)] = lock
                self._names_of_locks[id(lock)] = self._short_name(lock)
        for touch in accessed.touches:
            name = touch.name
            if isinstance(name, str) and name.startswith(_NO_LOCATIONS) and name != STRUCTURE:
                continue
            owner = self._aliases.get(id(touch.owner), id(touch.owner))
            history = self._histories.get((owner, name))
            if history is None:
                continue
            location = self._locations.get(id(history))
            if location is None:
                self._owners[id(history)] = history
                line = (site.code.co_filename, site.line)
                location = self._locations[id(history)] = LocationHistory(accessed.label, line)
            access = Access(task.number, clock[task.number], locks, touch.write)
            location.add(access, clock, task.points)

    def _short_name(self, lock: Any) -> str:
        name = self.describe(lock).partition(" (")[0]
        return name.partition(" ")[2].replace("'", "") if "'" in name else name
