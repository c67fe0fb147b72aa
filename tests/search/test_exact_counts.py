"""The exhaustive search runs real code exactly once for each Mazurkiewicz trace.

The programs and their numbers of traces are published: readers, lastzero, indexer and filesystem
with optimal dynamic partial-order reduction (POPL 2014), the others in SCTBench (TOPC 2016).
"""

from functools import partial
from math import factorial
from threading import Lock

import pytest
from programs.filesystem import filesystem
from programs.indexer import indexer
from programs.lastzero import lastzero
from programs.readers import readers
from together import together

from harness import Deadlocked, Raised, explore


class Cell:
    def __init__(self, value=0):
        self.value = value


def counters(tasks, rounds):
    cell = Cell()

    def increment():
        for _ in range(rounds):
            cell.value += 1

    together(*[increment] * tasks)


def locked_counters(tasks, rounds):
    cell, lock = Cell(), Lock()

    def increment():
        for _ in range(rounds):
            with lock:
                cell.value += 1

    together(*[increment] * tasks)


def deadlock01():
    cell, a, b = Cell(), Lock(), Lock()

    def add():
        with a, b:
            cell.value += 1

    def subtract():
        with b, a:
            cell.value -= 1

    together(add, subtract)


def twostage():
    first, second = Cell(), Cell()
    first_lock, second_lock = Lock(), Lock()

    def write():
        with first_lock:
            first.value = 1
        with second_lock:
            second.value = first.value + 1

    def read():
        with first_lock:
            if first.value == 0:
                return
        with second_lock:
            assert second.value == first.value + 1

    together(write, read)


def reorder(setters, checkers):
    a, b = Cell(), Cell()

    def set_both():
        a.value = 1
        b.value = -1

    def check():
        assert (a.value == 0 and b.value == 0) or (a.value == 1 and b.value == -1)

    together(*[set_both] * setters, *[check] * checkers)


def lazy01():
    cell, lock = Cell(), Lock()

    def add(amount):
        with lock:
            cell.value += amount

    def check():
        with lock:
            assert cell.value < 3

    together(partial(add, 1), partial(add, 2), check)


class Ring:
    def __init__(self):
        self.lock = Lock()
        self.x1, self.x2, self.x3 = 1, 2, 1
        self.flag1 = self.flag2 = self.flag3 = False

    def first(self):
        with self.lock:
            self.x1 = (self.x3 + 1) % 4
            self.flag1 = True

    def second(self):
        with self.lock:
            self.x2 = self.x1
            self.flag2 = True

    def third(self):
        with self.lock:
            self.x3 = self.x2
            self.flag3 = True

    def check(self):
        with self.lock:
            if self.flag1 and self.flag2 and self.flag3:
                assert self.x1 == self.x2 == self.x3


def token_ring():
    ring = Ring()
    together(ring.first, ring.second, ring.third, ring.check)


def outcomes_of(body, executions=5_000):
    exploration = explore(
        body, search="exhaustive", stop_at_failure=False, executions=executions, seconds=None
    )
    failing = sum(
        seen.count
        for outcome, seen in exploration.outcomes.items()
        if isinstance(outcome, Raised | Deadlocked)
    )
    assert exploration.complete, exploration.reason
    return exploration.executions, failing


PROGRAMS = {  # with the numbers of traces and of those that fail
    **{f"readers({count})": (readers(count), 2**count, 0) for count in (1, 2, 3, 6)},
    **{
        f"lastzero({count})": (lastzero(count), (count + 3) * 2 ** (count - 2), 0)
        for count in (2, 3, 5)
    },
    "indexer(12)": (indexer(12), 8, 0),
    **{
        f"filesystem({count})": (filesystem(count), traces, 0)
        for count, traces in ((14, 2), (16, 8), (18, 32))
    },
    "counter 2x1": (partial(counters, 2, 1), 4, 0),
    "counter 2x2": (partial(counters, 2, 2), 34, 0),
    "counter 3x1": (partial(counters, 3, 1), 36, 0),
    **{
        f"locked counter {tasks}x{rounds}": (
            partial(locked_counters, tasks, rounds),
            factorial(tasks * rounds) // factorial(rounds) ** tasks,
            0,
        )
        for tasks, rounds in ((2, 2), (3, 1), (3, 2))
    },
    "deadlock01": (deadlock01, 3, 1),
    "twostage": (twostage, 3, 1),
    "reorder_3": (partial(reorder, 2, 1), 56, 12),
    "lazy01": (lazy01, 6, 2),
    "token_ring": (token_ring, 24, 4),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_trace_is_run_once(name):
    body, traces, failing = PROGRAMS[name]

    assert outcomes_of(body) == (traces, failing)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("program", "count", "traces"),
    [(readers, 8, 256), (lastzero, 10, 3_328), (filesystem, 19, 64), (indexer, 15, 4_096)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_each_trace_of_a_large_program_is_run_once(program, count, traces):
    assert outcomes_of(program(count)) == (traces, 0)
