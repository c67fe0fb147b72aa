"""End an execution that takes too long, by the clock."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ALARM = getattr(signal, "SIGALRM", None)


class TimeIsUpError(Exception):
    """Leave the tasks because the time is up."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeIsUpError in the main thread after so many seconds; without SIGALRM, never.

    Enter it before the controlled world, which sees to it that a signal's exception gets out of
    the tasks.

    Args:
        seconds: how long the block may take.
    """
    if _ALARM is None:
        yield
        return
    before = signal.signal(_ALARM, _raise)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(_ALARM, before)


def _raise(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeIsUpError
