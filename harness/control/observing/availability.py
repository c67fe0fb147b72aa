"""Say whether a lock or the like could be taken at once, or is held already."""

from __future__ import annotations

from typing import Any

from harness.control.primitives.lock import Lock
from harness.control.primitives.rlock import RLock
from harness.control.scheduling.task import Task


def is_open(resource: Any, task: Task | None) -> bool:
    """Say whether `task`, or whoever has nothing yet, could acquire a lock or a semaphore."""
    if type(resource) is Lock:
        return resource.owner is None
    if type(resource) is RLock:
        return resource.owner is None or resource.owner is task
    if hasattr(resource, "_flag"):
        return bool(resource._flag)
    return bool(getattr(resource, "_value", 1) > 0)


def is_nested(resource: Any, task: Task, operation: str) -> bool:
    """Say whether `task` takes a lock that it holds, or releases one that it goes on holding."""
    if type(resource) is not RLock or resource.owner is not task:
        return False
    return operation == "acquire" or (operation == "release" and resource.depth > 1)
