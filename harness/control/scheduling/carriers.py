"""What tasks run on: greenlets that are used again.

A new greenlet costs ten microseconds, most of it for its first stack; one that waits for its next
task costs less than one. So a greenlet whose task has ended parks here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any, Protocol

from greenlet import getcurrent, greenlet

from harness.control.scheduling.task import Task

_MOST_PARKED = 128


class Carrier(Protocol):
    """Be what a task runs on while it has the turn."""

    @property
    def gr_frame(self) -> FrameType | None:
        """Return the frame in which it waits for its turn."""
        ...

    def switch(self, *value: Any) -> Any:
        """Give it the turn; return what comes with the turn when the caller gets it back."""
        ...

    def throw(self, kind: type[BaseException]) -> Any:
        """Give it the turn and raise there."""
        ...


class Carriers(Protocol):
    """Make the carriers of an execution."""

    keep_locals_apart: bool
    """Whether each task sees its own contents of a `threading.local` without our help."""

    def hub(self) -> Carrier:
        """Begin an execution; return the carrier of who starts the tasks."""
        ...

    def carries(self, task: Task) -> bool:
        """Say whether the caller runs on the carrier of `task`, which has not ended."""
        ...

    def take(self, task: Task, leave: Callable[[], Task]) -> Carrier:
        """Return a carrier that runs `task` as soon as it gets the turn.

        Args:
            task: the task; the first `switch` must pass it on.
            leave: called when a task has ended and its carrier can be used for another one;
                switches away, and returns the next task.
        """
        ...

    def take_parked(self, task: Task) -> Carrier | None:
        """Return a parked carrier for `task`, to which any other may switch, if there is one."""
        ...

    def leave_behind(self, task: Task) -> bool:
        """Give the turn to the hub although `task` has it and is stuck; say whether that can be.

        Called on another OS thread than any of the carriers'.
        """
        ...


class Greenlets:
    """Let the tasks be greenlets of one OS thread."""

    keep_locals_apart = False

    def __init__(self) -> None:
        self._parked: list[greenlet] = []

    hub = staticmethod(getcurrent)  # who begins an execution is the carrier of who starts the tasks

    def carries(self, task: Task) -> bool:
        """Say whether the caller runs on the carrier of `task`, which has not ended."""
        return getcurrent() is task.carrier and not task.done

    def take(self, task: Task, leave: Callable[[], Task]) -> Carrier:
        """Return a carrier that runs `task` as soon as it gets the turn."""
        return self.take_parked(task) or self._new(task, leave)

    def take_parked(self, task: Task) -> Carrier | None:
        """Return a parked carrier for `task`, to which any other may switch, if there is one."""
        if not self._parked:
            return None
        carrier = self._parked.pop()
        carrier.gr_context = task.context
        return carrier

    def leave_behind(self, task: Task) -> bool:
        """Say that it cannot be: all tasks are on the OS thread that is stuck."""
        return False

    def forget_parked(self) -> None:
        """Let go of the greenlets that wait for their next task."""
        self._parked.clear()

    def _new(self, task: Task, leave: Callable[[], Task]) -> Carrier:
        def run() -> None:
            # The arguments of the first switch would live as long as the greenlet, and with the
            # first task, which knows its greenlet, it would live for ever.
            task: Task | None = starter.switch()
            while task is not None:
                task.body(task)
                task = None  # nothing of it may live on
                if len(parked) < _MOST_PARKED:
                    parked.append(getcurrent())
                    task = leave()

        parked, starter = self._parked, getcurrent()
        carrier = greenlet(run)
        carrier.switch()
        carrier.gr_context = task.context
        return carrier


greenlets = Greenlets()


def keep_for_ever(tasks: Iterable[Task]) -> None:
    """Let nobody free what tasks run on that could not be ended.

    Since 3.15 the collector finds a greenlet that waits, and ends it as all others do that are
    freed: by an exception. Such a task would catch that, too, and go on outside of any execution.
    A reference that is held somewhere would be gone when the interpreter ends.
    """
    for task in tasks:
        carrier = getattr(task.carrier, "carried", task.carrier)  # by the main thread
        if isinstance(carrier, greenlet) and not carrier.dead:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(carrier))
