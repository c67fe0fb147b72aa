"""Who touched a location in an execution, and whether the order of two touches is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.control.scheduling.task import Task
from harness.instrument.site import Site
from harness.operation import WRITE

_Toucher: TypeAlias = tuple[int, frozenset[int]]  # the task, the ids of the locks that it holds
_NO_LOCKS: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Touched:
    """Be when a location was last touched, and at which sites."""

    when: int = 0
    sites: set[Site] = field(default_factory=set)
    seen: int = 0  # the version of the history that it was compared with last


@dataclass(slots=True)
class History:
    """Be who touched a location, holding which locks, and when by each task's own clock."""

    by_mode: tuple[dict[_Toucher, _Touched], ...] = field(default_factory=lambda: ({}, {}, {}))
    contended: bool = False
    version: int = 1  # counts what was touched by others, elsewhere or later

    def touch(
        self, task: Task, site: Site, mode: int, clock: Sequence[int], contended: set[Site]
    ) -> None:
        """Note a touch, and find the sites at which others touched the location at the same time.

        Args:
            task: who touches it.
            site: where in the code.
            mode: whether it reads, updates or writes.
            clock: the task's vector clock.
            contended: gets the sites whose order makes a difference.
        """
        number = task.number
        locks = frozenset(map(id, task.held)) if task.held else _NO_LOCKS
        mine = self.by_mode[mode]
        touched = mine.get((number, locks))
        if touched is None:
            touched = mine[number, locks] = _Touched()
        if touched.when != clock[number] or site not in touched.sites:
            touched.when = clock[number]
            touched.sites.add(site)
            self.version += 1
        if touched.seen == self.version:  # a loop does the same again and again
            return
        touched.seen = self.version
        for others_mode, others in enumerate(self.by_mode):
            if mode == others_mode and mode != WRITE:
                continue  # two reads, or two updates, commute
            for (other, others_locks), their in others.items():
                if other != number and (other >= len(clock) or clock[other] < their.when):
                    self.contended = True
                    if locks.isdisjoint(others_locks):
                        contended.add(site)
                        contended |= their.sites
