"""Virtual time: it jumps when nobody can go on, and creeps with each look at a clock."""

from __future__ import annotations

import time
from _thread import get_ident
from collections.abc import Callable
from typing import Any

from harness.control.primitives.lock import checked_timeout
from harness.control.scheduler import running

_REAL_SLEEP = time.sleep
_WALL_CLOCK_BEGINS = 1_700_000_000.0  # seconds since 1970; the same in every process
_MONOTONIC_BEGINS = 1_000.0  # seconds
_A_LOOK = 1e-6  # seconds that a look at a clock takes, so that a loop until a deadline ends
_NANO = 1_000_000_000


def sleep(seconds: float, /) -> None:
    """Let `seconds` of virtual time pass."""
    if running.thread_ident != get_ident():
        _REAL_SLEEP(seconds)
        return
    if isinstance(seconds, int | float) and seconds < 0:
        raise ValueError("sleep length must be non-negative")
    checked_timeout(True, seconds)
    if running.ident == 0 and not running.killing:  # inside of a single step
        running.now += float(seconds)
        return
    task = running.current
    running.count(task, "sleep")
    running.block(task, _never, "sleep", None, float(seconds))


def _never() -> bool:
    return False


def _look() -> None:
    running.now += _A_LOOK
    if running.observer is not None and running.ident:
        running.observer.clock_read(running.current)


def _seconds(real: Callable[[], float], begin: float) -> Callable[[], float]:
    def clock() -> float:
        if running.thread_ident != get_ident():
            return real()
        _look()
        return begin + running.now

    clock.__name__ = real.__name__
    return clock


def _nanoseconds(real: Callable[[], int], begin: float) -> Callable[[], int]:
    def clock() -> int:
        if running.thread_ident != get_ident():
            return real()
        _look()
        return int(begin) * _NANO + round(running.now * _NANO)

    clock.__name__ = real.__name__
    return clock


CLOCKS: dict[str, Callable[..., Any]] = {
    "sleep": sleep,
    "time": _seconds(time.time, _WALL_CLOCK_BEGINS),
    "time_ns": _nanoseconds(time.time_ns, _WALL_CLOCK_BEGINS),
    "monotonic": _seconds(time.monotonic, _MONOTONIC_BEGINS),
    "monotonic_ns": _nanoseconds(time.monotonic_ns, _MONOTONIC_BEGINS),
    "perf_counter": _seconds(time.perf_counter, _MONOTONIC_BEGINS),
    "perf_counter_ns": _nanoseconds(time.perf_counter_ns, _MONOTONIC_BEGINS),
}
