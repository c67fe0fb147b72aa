"""OS threads of the harness's own, and how to wait until nothing is left of one.

What a thread of Python's does last, the interpreter and the system do: until then it counts.
"""

from __future__ import annotations

import _thread
import sys
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable
from typing import Any


def start(function: Callable[[], object]) -> tuple[int, Callable[..., object]]:
    """Call `function` in a thread that may outlive the interpreter.

    Returns:
        The thread's ident, and what waits for its end, perhaps at most so many seconds.
    """
    if sys.version_info >= (3, 13):
        handle = _thread.start_joinable_thread(function, daemon=True)
        return handle.ident, handle.join
    begun = allocate_lock()
    begun.acquire()
    ended: Any = None  # held as long as the interpreter knows the thread, as threading waits for it

    def run() -> None:
        nonlocal ended
        ended = _thread._set_sentinel()  # type: ignore[attr-defined]  # before 3.13
        ended.acquire()
        begun.release()
        function()

    def join(seconds: float = -1) -> None:
        if begun.acquire(timeout=seconds):
            begun.release()  # or a second call would wait for ever
            if ended.acquire(timeout=seconds):
                ended.release()

    return start_new_thread(run, ()), join
