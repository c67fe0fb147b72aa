"""Know which accesses are not over yet while Python code runs that they have called.

A key function of `sort`, the factory of a defaultdict, `__eq__` of a key, the body of a generator,
a function under `functools.cache`: what the C code touches, it goes on to touch after they return.
Such an access is no single step: at each point inside, others may come in between.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import CodeType, FrameType

from harness.control.accesses.locations import Accessed, Touch
from harness.control.scheduling.scheduler import running

# From the call of the hook to the access, in the code; there may be hooks for hand-overs in between.
_MOST_BYTES_TO_THE_ACCESS = 24
_MOST_BYTES_WITH_HAND_OVERS = 96
stand_ins: set[int] = set()  # the ids of code of the harness that calls a hook and then C code


@dataclass(frozen=True, slots=True)
class OpenAccess:
    """Be an access, and where the hook was called that is about it."""

    frame: int  # the id of the frame, which must not be kept: its variables would live on
    code: CodeType
    hook: int  # the instruction that has called the hook
    touches: tuple[Touch, ...]

    def goes_on(self, frame: FrameType | None) -> bool:
        """Say whether the instruction runs yet that the hook is about; `frame` has its id."""
        if frame is None or frame.f_code is not self.code:
            return False
        marked = running.hand_overs is not None
        most = _MOST_BYTES_WITH_HAND_OVERS if marked else _MOST_BYTES_TO_THE_ACCESS
        return 0 < frame.f_lasti - self.hook <= most


class OpenCalls:
    """Keep the accesses of each task that may be open."""

    def __init__(self) -> None:
        self._of_task: dict[int, list[OpenAccess]] = {}

    def begin(self, task: int, code: CodeType, accessed: Accessed) -> None:
        """Take note of an access in `code`, whose hook is running."""
        frame = frame_of(code)
        if frame is not None:
            opened = self._of_task.setdefault(task, [])
            _close(opened, frame)
            opened.append(OpenAccess(id(frame), frame.f_code, frame.f_lasti, accessed.touches))

    def around(self, task: int, code: CodeType) -> list[Touch]:
        """Return what is being touched by accesses that have led to `code`, whose hook is running."""
        opened = self._of_task.get(task)
        if not opened:
            return []
        frame = frame_of(code)
        _close(opened, None if frame is None else frame.f_back)
        return [touch for one in opened for touch in one.touches]


def _close(opened: list[OpenAccess], frame: FrameType | None) -> None:
    """Forget what is over when `frame` runs, and what the accesses have touched."""
    if opened:
        running_frames = _by_id(frame)
        opened[:] = [one for one in opened if one.goes_on(running_frames.get(one.frame))]


def frames_now() -> dict[int, FrameType]:
    """Return the frames of the running code by their ids; they must not be kept."""
    return _by_id(sys._getframe(1))


def _by_id(frame: FrameType | None) -> dict[int, FrameType]:
    frames = {}
    while frame is not None:
        frames[id(frame)] = frame
        frame = frame.f_back
    return frames


def frame_of(code: CodeType) -> FrameType | None:
    """Return the frame that runs `code`, or what it was rewritten to, or what stands for it."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        found = frame.f_code
        if id(found) in stand_ins or (
            found.co_firstlineno == code.co_firstlineno
            and found.co_name == code.co_name
            and found.co_filename == code.co_filename
        ):
            return frame
        frame = frame.f_back
    return None
