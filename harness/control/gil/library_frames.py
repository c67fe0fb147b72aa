"""See where Python code out of scope starts, whatever it is that starts it.

Unpacking, patterns, `**`, a key's `__hash__`, a factory, what is called when an object dies: many
instructions may start a frame of a library, and a frame that starts hands over the GIL. Which of
them will do so cannot be said beforehand, so it is looked at while it happens.
"""

from __future__ import annotations

import dis
import sys
from types import CodeType, FrameType
from typing import Any

from greenlet import getcurrent

from harness.control.library import thread
from harness.control.primitives import condition, event, semaphore
from harness.control.scheduling.carriers import greenlets
from harness.control.scheduling.scheduler import running
from harness.instrument.hand_over import checks_on_resume, marked
from harness.own_files import LIBRARY, PACKAGE, SUBJECTS

LOOKING_IS_DEAR = sys.version_info < (3, 12)  # a profile function is called for each call
_TOOL = "hypothread"
# Debuggers, coverage and profilers have 0, 1 and 2 for themselves, and Hypothesis takes 3.
_TOOL_IDS = (4, 5, 3, 2)

_USED_BY_PROGRAMS = (*LIBRARY, *SUBJECTS)
# What the standard library writes in Python: a frame starts before it does anything. All else in
# harness.control stands for C code, which hands over only after it has returned.
IN_PYTHON = {
    id(function.__code__)
    for function in (
        *(thread.enumerate_, thread.active_count),
        *thread.PATCHES.values(),
        *condition.PATCHES.values(),
        *event.PATCHES.values(),
        *semaphore.PATCHES.values(),
        *semaphore.BOUNDED_PATCHES.values(),
    )
}


class LibraryFrames:
    """Note a hand-over wherever code in scope has started or resumed a frame out of scope.

    Where nobody can look, because all tool ids are taken or a profiler runs on 3.11, only those
    frames count that are known beforehand.
    """

    def __init__(self) -> None:
        self.seen = False  # whether somebody looks
        self.noted = False  # whether one mattered that is not known beforehand

    def begin(self) -> None:
        """Look from now on, if it is possible."""
        self.noted = False
        self.seen = self._begin()

    def begin_task(self) -> None:
        """Look at what a task does, which has just begun on its carrier."""

    def end(self) -> None:
        """Stop looking."""
        if self.seen:
            self.seen = False
            self._end()

    def _begin(self) -> bool:
        raise NotImplementedError

    def _end(self) -> None:
        raise NotImplementedError


if sys.version_info >= (3, 12):

    class _Monitored(LibraryFrames):
        """Look by `sys.monitoring`, which is told to leave alone all code that is not looked for."""

        def __init__(self) -> None:
            super().__init__()
            self._tool = 0

        def _begin(self) -> bool:
            monitoring = sys.monitoring
            for tool in _TOOL_IDS:
                if monitoring.get_tool(tool) is None:
                    break
            else:
                return False
            self._tool = tool
            monitoring.use_tool_id(tool, _TOOL)
            monitoring.register_callback(tool, monitoring.events.PY_START, _started)
            monitoring.register_callback(tool, monitoring.events.PY_RESUME, _resumed)
            monitoring.set_events(tool, monitoring.events.PY_START | monitoring.events.PY_RESUME)
            return True

        def _end(self) -> None:
            monitoring = sys.monitoring
            monitoring.set_events(self._tool, monitoring.events.NO_EVENTS)
            monitoring.register_callback(self._tool, monitoring.events.PY_START, None)
            monitoring.register_callback(self._tool, monitoring.events.PY_RESUME, None)
            monitoring.free_tool_id(self._tool)

    def _started(code: CodeType, offset: int) -> Any:
        if _is_ours(code):
            return sys.monitoring.DISABLE
        if getcurrent() is running.listening:
            _note(sys._getframe(1))
        return None

    def _resumed(code: CodeType, offset: int) -> Any:
        if _is_ours(code) or not checks_on_resume(code.co_code[offset + 1]):
            return sys.monitoring.DISABLE
        if getcurrent() is running.listening:
            _note(sys._getframe(1))
        return None

    library_frames: LibraryFrames = _Monitored()

else:

    class _Profiled(LibraryFrames):
        """Look by `sys.setprofile`, which each thread and each greenlet needs anew."""

        def _begin(self) -> bool:
            if sys.getprofile() is not None:
                return False
            sys.setprofile(_profile)
            return True

        def begin_task(self) -> None:
            if self.seen:
                sys.setprofile(_profile)

        def _end(self) -> None:
            sys.setprofile(None)
            greenlets.forget_parked()  # each would go on slowly, as if it were still profiled

    def _profile(frame: FrameType, event: str, argument: object) -> None:
        if event != "call" or getcurrent() is not running.listening:
            return
        code = frame.f_code
        if not _is_ours(code):
            instruction = code.co_code[frame.f_lasti : frame.f_lasti + 2]
            # Else an exception is thrown into it, which checks nothing.
            if instruction[0] == _RESUME and checks_on_resume(instruction[1]):
                _note(frame)

    _RESUME = dis.opmap["RESUME"]
    library_frames = _Profiled()


def _is_ours(code: CodeType) -> bool:
    """Say whether the code marks its hand-overs itself, or is the harness's own."""
    return id(code) in marked or (
        code.co_filename.startswith(PACKAGE)
        and id(code) not in IN_PYTHON
        and not code.co_filename.startswith(_USED_BY_PROGRAMS)
    )


def _note(frame: FrameType) -> None:
    """Note a hand-over if code in scope, not the harness itself, is why this frame runs."""
    task = running.current
    if task.handed_over_at == task.points:
        return  # it is known already
    caller = frame.f_back
    while caller is not None:
        code = caller.f_code
        if id(code) in marked:
            task.handed_over_at = task.points
            library_frames.noted |= len(running.alive) > 1
            return
        if _is_ours(code):
            return
        caller = caller.f_back
