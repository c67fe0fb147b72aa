"""`select` and `selectors` under control: who waits for files lets others run, in virtual time.

An asyncio event loop and a pool of `multiprocessing` wait in a selector, mostly for a pipe or a pair
of sockets that another thread of the same process writes to. A wait for something outside the
process takes real time, but only while no task can go on.
"""

from __future__ import annotations

import select as original
import selectors
from _thread import get_ident
from collections.abc import Callable, Iterable
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task

_original_select = original.select
_FOR_EVER = 1e12  # virtual seconds
_KINDS = (
    *("SelectSelector", "PollSelector", "EpollSelector", "DevpollSelector", "KqueueSelector"),
    "_PollLikeSelector",
)


def select(
    readers: Any, writers: Any, others: Any, timeout: float | None = None, /
) -> tuple[list[Any], list[Any], list[Any]]:
    """Wait until a file is ready, at most `timeout` seconds."""
    if not _is_controlled():
        return _original_select(readers, writers, others, timeout)

    def look(seconds: float | None) -> Any:
        found = _original_select(readers, writers, others, seconds)
        return found if any(found) else None

    return _wait(None, look, timeout, outside=True) or ([], [], [])


def patches() -> Iterable[tuple[type, str, Any]]:
    """Return the controlled `select` of each kind of selector that this system has."""
    for name in _KINDS:
        kind = getattr(selectors, name, None)
        if kind is not None and "select" in kind.__dict__:
            yield kind, "select", _controlled(kind.__dict__["select"])


def _controlled(look: Callable[..., Any]) -> Callable[..., Any]:
    def select(self: Any, timeout: float | None = None) -> Any:
        if not _is_controlled() or not self.get_map():
            return look(self, timeout)
        outside = not all(map(_is_a_loops_own, self.get_map().values()))
        return _wait(self, lambda seconds: look(self, seconds), timeout, outside=outside)

    return select


def _is_controlled() -> bool:
    """Say whether a task waits, one that is ended by force included, and not in a single step."""
    return running.thread_ident == get_ident() and (running.ident != 0 or running.killing)


def _can_go_on(other: Task) -> bool:
    """Say whether another task can, perhaps because a wait runs out of time, but not this kind."""
    return other.can_go_on() or (other.deadline is not None and other.deadline < _FOR_EVER)


def _is_a_loops_own(key: selectors.SelectorKey) -> bool:
    """Say whether it is the socket through which `call_soon_threadsafe` wakes an event loop."""
    handle = key.data[0] if type(key.data) is tuple and key.data else None
    callback = getattr(handle, "_callback", None)
    return getattr(callback, "__name__", "") == "_read_from_self"


def _wait(
    selector: Any,
    look: Callable[[float | None], Any],
    timeout: float | None,
    *,
    outside: bool,
) -> Any:
    """Wait until `look(0)` finds something, or until `timeout` seconds are over.

    Args:
        selector: what the task is said to wait for.
        look: waits really, at most as many seconds as it is given, and returns what is ready.
        timeout: seconds, `None` for no limit.
        outside: whether the files may be ready because of another process.
    """
    task = running.current
    running.synchronize(task, "select", selector)
    found = look(0)
    if found or (timeout is not None and timeout <= 0):
        return found
    really = outside and not task.daemon  # a deadlock is one although a daemon waits for files
    now = running.now

    def is_ready() -> bool:
        nonlocal found, now
        if running.now < ends:
            now = running.now  # before the clock jumps to the end of this wait
        found = look(0)
        return bool(found)

    seconds = _FOR_EVER if timeout is None and really else timeout
    ends = running.now + (_FOR_EVER if seconds is None else seconds)
    while not running.block(task, is_ready, "select", selector, seconds):
        if not really:
            break
        late = running.now
        if timeout is None:
            running.now = now  # time has not passed: nobody has a deadline to reach
            ends = now + _FOR_EVER
        if not any(_can_go_on(other) for other in running.alive if other is not task):
            found = look(timeout)
            running.now = now if found or timeout is None else late
        if found or timeout is not None:
            break
    return found
