"""End an execution that takes too long, by the processor's clock: a busy machine ends no other one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ALARM = getattr(signal, "SIGVTALRM", None)


class TimeIsUpError(Exception):
    """Leave the tasks because the time is up."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeIsUpError in the main thread after so many seconds; on Windows, never.

    Enter it before the controlled world, which sees to it that a signal's exception gets out of
    the tasks.

    Args:
        seconds: how long the block may compute.
    """
    if _ALARM is None:
        yield
        return
    before = signal.signal(_ALARM, _raise)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(_ALARM, before)


def _raise(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeIsUpError
