"""The steps of an execution as they are noted while it runs."""

from __future__ import annotations

import linecache
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.control.observing.history import History
from harness.control.scheduling.scheduler import running
from harness.outcome import Location
from harness.step import Step


@dataclass(slots=True)
class RawStep:
    """Be one step; what is dear to find out is left until somebody wants to see it."""

    task: int
    point: int
    kind: str
    what: str
    value: str
    place: tuple[str, int, str]  # file, line, function
    histories: tuple[History, ...]
    alone: bool  # no other task had been started and not ended
    switched: bool
    others: tuple[int, ...] = ()

    def step(self, threads: Mapping[str | None, str]) -> Step:
        """Return the step as it is shown.

        Args:
            threads: what to call a thread that was noted under another name.
        """
        return Step(
            task=self.task,
            point=self.point,
            kind=self.kind,
            what=threads.get(self.what, self.what),
            value=self.value,
            location=Location(self.place[0], self.place[1]) if self.place[0] else None,
            function=self.place[2],
            source=linecache.getline(self.place[0], self.place[1]).strip(),
            switched=self.switched,
            contended=not self.alone and any(history.contended for history in self.histories),
            others=self.others,
        )


def answer_of(thread: Any) -> str:
    """Return what `thread.is_alive()` says now, or of no thread how many are alive."""
    if thread is None:
        return str(len(running.alive))
    return str(any(task.thread is thread for task in running.alive))
