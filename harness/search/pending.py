"""What a task is about to do where it stands: only searches that need to know ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from harness.control.observing.conflicts import SYNCHRONIZATION, Label
from harness.control.scheduling.scheduler import running
from harness.instrument.site import Site


class Pending(NamedTuple):
    """Be what a task is about to do.

    Args:
        location: what it touches in this execution; `None` if that is not known.
        write: whether it may change it.
    """

    location: tuple[int, str] | None
    write: bool

    def conflicts_with(self, other: Pending) -> bool:
        """Say whether the order of the two makes a difference."""
        return (
            self.location is not None
            and self.location == other.location
            and (self.write or other.write)
        )


Pendings: TypeAlias = Callable[[int], Pending]
Labels: TypeAlias = Callable[[int], Label]

NOTHING = Pending(None, False)


def pending_of(number: int) -> Pending:
    """Return what the task of this number is about to do in the running execution."""
    task = running.tasks[number]
    if task.done or task.carrier is None:
        return NOTHING
    if task.ready is not None:  # it waits for something, and does it as soon as it can go on
        return NOTHING if task.operation == "join" else _of_synchronization(task.resource)
    about = task.about
    if type(about) is Site:
        return _of_access(about, task.operand)
    return _of_synchronization(task.operand) if about else NOTHING


def label_of_pending(number: int) -> Label:
    """Return the name of what the task of this number is about to touch, `None` if nobody knows."""
    task = running.tasks[number]
    if task.ready is not None:
        return SYNCHRONIZATION if task.operation != "join" else None
    about = task.about
    if type(about) is Site:
        return about.label
    return SYNCHRONIZATION if about else None


def _of_synchronization(resource: Any) -> Pending:
    lock = getattr(resource, "_lock", resource)  # a condition's
    return Pending((id(lock), ""), True)


def _of_access(site: Site, operand: Any) -> Pending:
    kind = site.kind
    write = not kind.startswith(_READS)
    if kind.endswith(("attribute", "cell")):
        return Pending((id(operand), site.name), write)
    if kind.endswith("name"):
        return Pending((0, site.name), write)
    return Pending((id(getattr(operand, "__self__", operand)), ""), write)


_READS = ("read", "lock", "contains", "iterate", "step", "delegate", "unpack", "truth")
