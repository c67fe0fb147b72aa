"""Name the module-level containers that a body changes: they are not put back between executions.

What code in scope rebinds is put back; what it changes in place is not, because only the body
knows what it should look like. A body that relies on it behaves differently each time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from queue import LifoQueue, PriorityQueue, Queue
from typing import Any

from harness.control.primitives.simple_queue import EarlyQueue

_QUEUES = (Queue, LifoQueue, PriorityQueue)
_KINDS = (list, dict, set, deque, bytearray, EarlyQueue, *_QUEUES)
_MOST_ITEMS = 1_000  # of a container that is looked into; of a larger one only the size counts


class Leftovers:
    """Compare the containers of modules in scope before and after an execution.

    Args:
        namespaces: the modules' globals.
    """

    def __init__(self, namespaces: Iterable[Mapping[str, Any]]) -> None:
        self._before = [
            (f"{namespace.get('__name__', '?')}.{name}", value, _items_of(value))
            for namespace in namespaces
            for name, value in list(namespace.items())
            if type(value) in _KINDS and not name.startswith("__")
        ]

    def changed(self) -> tuple[str, ...]:
        """Return the names of the containers that hold something else now."""
        return tuple(
            f"{name} ({_name_of_kind(value)})"
            for name, value, items in self._before
            if not _are_same(items, _items_of(value))
        )


def _name_of_kind(container: Any) -> str:
    return "SimpleQueue" if type(container) is EarlyQueue else type(container).__name__


def _items_of(container: Any) -> list[Any]:
    if type(container) is EarlyQueue:
        return [container.qsize()]
    if type(container) in _QUEUES:
        container = container.queue
    if len(container) > _MOST_ITEMS:
        return [len(container)]
    if type(container) is dict:
        return [part for pair in container.items() for part in pair]
    return list(container)


def _are_same(before: list[Any], now: list[Any]) -> bool:
    """Compare by identity, because `==` would run the user's code."""
    return len(before) == len(now) and all(
        old is new or (type(old) is int and old == new)
        for old, new in zip(before, now, strict=True)
    )
