"""Know whether anybody outside of an execution may change what its tasks look at."""

from __future__ import annotations

import os
import sys
import threading
from _thread import get_ident
from collections.abc import Iterator, Sequence
from contextlib import suppress
from glob import glob
from types import FrameType
from typing import Any

from harness.control.scheduling.task import Task
from harness.instrument.scope import OTHER_TOOLS
from harness.kinds import fields_of, is_a, namespace_of
from harness.own_files import is_of_the_library

_active: dict[int, threading.Thread] = threading._active  # type: ignore[attr-defined]
_TARGETS = "_target", "function"  # of a thread, of a timer


def somebody_may_act(controlled: list[Any]) -> bool:
    """Say whether there are processes, or threads that are not under control.

    Args:
        controlled: the threads that are, and perhaps other things.
    """
    return _has_children() or any(
        _has_work(thread, frame) for thread, frame in _threads_outside(controlled)
    )


def who_may_help(waiting: Sequence[Task]) -> str:
    """Say who is not under control and uses what tasks wait for; empty if nobody does.

    Args:
        waiting: all tasks that are left, none of which can go on.
    """
    for thread, frame in _threads_outside([task.thread for task in waiting]):
        for task in waiting:
            if task.resource is not None and _uses(frame, task.resource):
                return (
                    f"T{task.number} waits for what the thread {thread.name!r} uses, which was "
                    "started outside of the exploration. Start it in the body, to have it under "
                    "control."
                )
    return ""


def _threads_outside(controlled: list[Any]) -> Iterator[tuple[threading.Thread, FrameType]]:
    known = {id(thread) for thread in (*controlled, threading.main_thread())}
    of_the_system = sys._current_frames()
    del of_the_system[get_ident()]  # it would keep itself, and all tasks, until a collection
    for ident, thread in list(_active.items()):
        frame = of_the_system.get(ident)
        if frame is not None and id(thread) not in known and _is_the_programs(thread):
            yield thread, frame


def _uses(frame: FrameType | None, resource: Any) -> bool:
    """Say whether a thread is in a call of something that is a resource, or has it."""
    while frame is not None:
        named = [frame.f_globals.get(name) for name in frame.f_code.co_names]
        for value in (*frame.f_locals.values(), *named):
            if value is resource or any(part is resource for part in fields_of(value).values()):
                return True
        frame = frame.f_back
    return False


def _has_children() -> bool:
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    tracker = _tracker()
    return tracker is None or bool(_children() - {str(tracker)})


def _tracker() -> Any:
    """Return the process that multiprocessing keeps until the end, `None` if it is not running."""
    module = namespace_of(sys.modules.get("multiprocessing.resource_tracker"))
    return fields_of(module.get("_resource_tracker")).get("_pid")


def _children() -> set[str]:
    """Return the numbers of the child processes, none where the system does not say them."""
    found: set[str] = set()
    for file in glob("/proc/self/task/*/children"):
        with suppress(OSError), open(file) as children:
            found.update(children.read().split())
    return found


def _is_the_programs(thread: threading.Thread) -> bool:
    if type(thread) is threading._DummyThread:
        return False  # C code or a tool has made it
    fields = fields_of(thread)
    makers = [type(thread), *[fields.get(name) for name in _TARGETS]]
    return not any(_top_of(getattr(one, "__module__", None)) in OTHER_TOOLS for one in makers)


def _has_work(thread: threading.Thread, frame: FrameType | None) -> bool:
    """Say whether it runs more than the standard library, as the idle worker of a pool does."""
    if is_a(thread, threading.Timer):
        return True
    while frame is not None:
        if not is_of_the_library(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False


def _top_of(module: object) -> str:
    return module.partition(".")[0] if type(module) is str else ""
