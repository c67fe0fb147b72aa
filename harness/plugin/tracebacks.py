"""Leave the harness's frames out of tracebacks, so that what is shown is the user's code."""

from __future__ import annotations

import inspect
import os
import sys
import threading
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType, TracebackType

import pytest

from harness.errors import HarnessError, InternalError
from harness.own_files import LIBRARY, PACKAGE, PRIMITIVES, SUBJECTS

_STAND_INS = (PRIMITIVES, *LIBRARY)  # they raise what the user is told
_TEST_TOOLS = tuple(
    os.path.dirname(os.path.abspath(sys.modules[name].__file__ or "")) + os.sep
    for name in ("_pytest", "pluggy")
)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Go through an exception, its causes and contexts, and the members of groups."""
    seen: set[int] = set()
    stack = [error]
    while stack:
        link = stack.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        behind = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
        if behind is not None:
            stack.append(behind)
        if isinstance(link, BaseExceptionGroup):
            stack.extend(reversed(link.exceptions))


def without_our_frames(
    error: BaseException, traceback: TracebackType | None
) -> TracebackType | None:
    """Return a traceback without frames of the harness; all of it if the harness itself is at fault."""
    frames = list(_links(traceback))
    if frames and _is_our_fault(error, frames[-1].tb_frame.f_code.co_filename):
        return traceback
    kept = []
    hidden = False
    for link in frames:
        filename = link.tb_frame.f_code.co_filename
        # What the harness calls first in a new thread is threading's Thread.run.
        hidden = _is_ours(filename) or (hidden and filename == threading.__file__)
        if not hidden:
            kept.append(link)
    return _chained(kept)


def end_at_test(item: pytest.Item, traceback: TracebackType | None) -> TracebackType | None:
    """Return the traceback, with an entry for the test function if it names no code of the user's.

    The exception may be our own, of a deadlock say; then no frame of the test is left.
    """
    if any(_is_the_users(link.tb_frame) for link in _links(traceback)):
        return traceback
    code = getattr(inspect.unwrap(getattr(item, "function", len)), "__code__", None)
    if code is None:
        return traceback
    frame = _frame_in(code)
    return TracebackType(None, frame, frame.f_lasti, code.co_firstlineno)


def _links(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _chained(links: list[TracebackType]) -> TracebackType | None:
    chained: TracebackType | None = None
    for link in reversed(links):
        chained = TracebackType(chained, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return chained


def _is_ours(filename: str) -> bool:
    return filename.startswith(PACKAGE) and not filename.startswith(SUBJECTS)


def _is_the_users(frame: FrameType) -> bool:
    return not frame.f_code.co_filename.startswith(
        (PACKAGE, *_TEST_TOOLS)
    ) and not frame.f_locals.get("__tracebackhide__")


def _is_our_fault(error: BaseException, last: str) -> bool:
    if isinstance(error, HarnessError):
        return isinstance(error, InternalError)
    return _is_ours(last) and not last.startswith(_STAND_INS)


def _frame_in(code: CodeType) -> FrameType:
    """Return a frame that pytest takes for one at the first line of `code`."""
    here = _this_frame.__code__.replace(
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
    )
    frame: FrameType = FunctionType(here, {"sys": sys})()
    return frame


def _this_frame() -> FrameType:
    return sys._getframe()
