"""Virtual time: it jumps when nobody can go on, and creeps with each look at a clock."""

from __future__ import annotations

import time
from _thread import get_ident
from collections.abc import Callable
from typing import Any

from harness.control.primitives.lock import checked_timeout
from harness.control.scheduling.scheduler import running

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
    running.clock_looks += 1
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


def _at(
    real: Callable[..., Any], *, position: int = 0, in_parts: bool = False
) -> Callable[..., Any]:
    """Return a function of `time` whose argument at `position` is the time now, if it is left out.

    Args:
        real: the function.
        position: where the time stands among the arguments.
        in_parts: whether it takes a `struct_time`, not seconds.
    """

    def of_time(*arguments: Any) -> Any:
        if running.thread_ident != get_ident() or arguments[position:] not in ((), (None,)):
            return real(*arguments)
        now = CLOCKS["time"]()
        return real(*arguments[:position], time.localtime(now) if in_parts else now)

    of_time.__name__ = real.__name__
    return of_time


def _by_id(real: Callable[[int], Any], suffix: str) -> Callable[[int], Any]:
    def clock(clk_id: int, /) -> Any:
        name = _NAMES_BY_ID.get(clk_id)
        if name is None or running.thread_ident != get_ident():
            return real(clk_id)
        return CLOCKS[name + suffix]()

    clock.__name__ = real.__name__
    return clock


_NAMES_BY_ID = {
    getattr(time, name): clock
    for name, clock in (
        ("CLOCK_REALTIME", "time"),
        ("CLOCK_MONOTONIC", "monotonic"),
        ("CLOCK_MONOTONIC_RAW", "monotonic"),
        ("CLOCK_BOOTTIME", "monotonic"),
    )
    if hasattr(time, name)
}

CLOCKS: dict[str, Callable[..., Any]] = {
    "sleep": sleep,
    "time": _seconds(time.time, _WALL_CLOCK_BEGINS),
    "time_ns": _nanoseconds(time.time_ns, _WALL_CLOCK_BEGINS),
    "monotonic": _seconds(time.monotonic, _MONOTONIC_BEGINS),
    "monotonic_ns": _nanoseconds(time.monotonic_ns, _MONOTONIC_BEGINS),
    "perf_counter": _seconds(time.perf_counter, _MONOTONIC_BEGINS),
    "perf_counter_ns": _nanoseconds(time.perf_counter_ns, _MONOTONIC_BEGINS),
    "localtime": _at(time.localtime),
    "gmtime": _at(time.gmtime),
    "ctime": _at(time.ctime),
    "asctime": _at(time.asctime, in_parts=True),
    "strftime": _at(time.strftime, position=1, in_parts=True),
}
if hasattr(time, "clock_gettime"):  # not on Windows
    CLOCKS["clock_gettime"] = _by_id(time.clock_gettime, "")
    CLOCKS["clock_gettime_ns"] = _by_id(time.clock_gettime_ns, "_ns")
