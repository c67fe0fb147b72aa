"""Time passes for all: between two looks at a clock, too, where another task waits for a time."""

import datetime
import time
from threading import Event, Lock, RLock

import pytest
from together import together

from harness import explore
from harness.outcome import Raised

CLOCKS = {
    "time": lambda: time.time(),
    "monotonic": lambda: time.monotonic(),
    "monotonic_ns": lambda: time.monotonic_ns() / 1e9,
    "now": lambda: datetime.datetime.now().timestamp(),
}
WAITS = {
    "sleep": lambda: time.sleep(100),
    "event": lambda: Event().wait(100),
    "lock": lambda: (lock := Lock()).acquire() and lock.acquire(timeout=100),
}


def looks_twice(look, wait=WAITS["sleep"]):
    """Return a body that fails if `look` says something else the second time."""

    def body():
        ends = time.time() + 10, time.monotonic() + 10

        def read():
            assert look(ends) == look(ends)

        together(read, wait)

    return body


def finds(body, **options):
    return type(getattr(explore(body, **options).failure, "outcome", None)) is Raised


@pytest.mark.parametrize("search", ["auto", "exhaustive"])
@pytest.mark.parametrize("name", CLOCKS)
def test_time_passes_between_two_looks(name, search):
    clock = CLOCKS[name]
    body = looks_twice(lambda ends: clock() < ends[name.startswith("mono")])
    assert finds(body, search=search)


@pytest.mark.parametrize("name", WAITS)
def test_it_passes_for_whatever_is_waited(name):
    assert finds(looks_twice(lambda ends: time.time() < ends[0], WAITS[name]), search="exhaustive")


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("within", [True, False])
def test_a_lock_that_nobody_else_takes_keeps_no_time_out(times, within):
    def look(ends):
        with lock:
            if times == 1:
                return time.time() < ends[0]
            with lock:
                is_early = time.time() < ends[0]
            return is_early if within else time.time() < ends[0]

    lock = RLock()
    for seed in range(3):
        assert finds(looks_twice(look), executions=100, seed=seed)
    assert finds(looks_twice(look), search="exhaustive")


def test_nothing_passes_where_nobody_waits():
    def body():
        ends = time.time() + 10
        seen = []

        def read():
            seen.append(time.time() < ends)

        together(read, read)
        assert seen == [True, True]

    assert explore(body, search="exhaustive").verdict == "holds"
