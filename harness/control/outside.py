"""Know whether anybody outside of an execution may change what its tasks look at."""

from __future__ import annotations

import os
import threading
from typing import Any

from harness.instrument.scope import OTHER_TOOLS
from harness.kinds import fields_of

_active: dict[int, threading.Thread] = threading._active  # type: ignore[attr-defined]
_TARGETS = "_target", "function"  # of a thread, of a timer


def somebody_may_act(controlled: list[Any]) -> bool:
    """Say whether there are processes, or threads that are not under control.

    Args:
        controlled: the threads that are, and perhaps other things.
    """
    known = {id(thread) for thread in (*controlled, threading.main_thread())}
    return _has_children() or any(
        id(thread) not in known and _is_the_programs(thread) for thread in list(_active.values())
    )


def _has_children() -> bool:
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _is_the_programs(thread: threading.Thread) -> bool:
    if type(thread) is threading._DummyThread:
        return False  # C code or a tool has made it
    fields = fields_of(thread)
    makers = [type(thread), *[fields.get(name) for name in _TARGETS]]
    return not any(_top_of(getattr(one, "__module__", None)) in OTHER_TOOLS for one in makers)


def _top_of(module: object) -> str:
    return module.partition(".")[0] if type(module) is str else ""
