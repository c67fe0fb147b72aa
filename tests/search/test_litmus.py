"""Litmus programs: the outcomes that sequential consistency allows are known, and no others come.

The names are those of the literature on memory models, as in Alglave, Maranget and Tautschnig:
"Herding Cats", TOPLAS 2014. Each program has cells that are 0 at first, and registers; what it
leads to is all that its reads may see, without what would need a cycle.
"""

from itertools import permutations, product
from threading import Barrier, Condition, Event, Lock, Semaphore, Thread
from types import SimpleNamespace

import pytest
from together import together

from harness import explore

WRITE, READ = "write", "read"


def w(cell, value):
    return WRITE, cell, value


def r(cell):
    return READ, cell, None


# name -> threads, each a list of operations; the values of the reads and of the cells at the end
# that no interleaving leads to, of all that the operations have; and the number of traces.
PROGRAMS = {
    "SB, store buffering": (
        [[w("x", 1), r("y")], [w("y", 1), r("x")]],
        lambda reads, cells: reads == (0, 0),
        3,
    ),
    "MP, message passing": (
        [[w("x", 1), w("y", 1)], [r("y"), r("x")]],
        lambda reads, cells: reads == (1, 0),
        3,
    ),
    "LB, load buffering": (
        [[r("y"), w("x", 1)], [r("x"), w("y", 1)]],
        lambda reads, cells: reads == (1, 1),
        3,
    ),
    "CoRR, coherence of two reads": (
        [[w("x", 1)], [r("x"), r("x")]],
        lambda reads, cells: reads == (1, 0),
        3,
    ),
    "2+2W": (
        [[w("x", 1), w("y", 2)], [w("y", 1), w("x", 2)]],
        lambda reads, cells: cells == (1, 1),
        3,
    ),
    "R": (
        [[w("x", 1), w("y", 1)], [w("y", 2), r("x")]],
        lambda reads, cells: cells[1] == 2 and reads == (0,),
        3,
    ),
    "S": (
        [[w("x", 2), w("y", 1)], [r("y"), w("x", 1)]],
        lambda reads, cells: reads == (1,) and cells[0] == 2,
        3,
    ),
    "WRC, write to read causality": (
        [[w("x", 1)], [r("x"), w("y", 1)], [r("y"), r("x")]],
        lambda reads, cells: reads == (1, 1, 0),
        7,
    ),
    "IRIW, independent reads of independent writes": (
        [[w("x", 1)], [w("y", 1)], [r("x"), r("y")], [r("y"), r("x")]],
        lambda reads, cells: reads == (1, 0, 1, 0),
        15,
    ),
}


def body_of(threads):
    def body():
        memory = SimpleNamespace(x=0, y=0)
        seen = [()] * len(threads)

        def run(number, operations):
            registers = []
            for kind, cell, value in operations:
                if kind == WRITE:
                    if cell == "x":
                        memory.x = value
                    else:
                        memory.y = value
                else:
                    registers.append(memory.x if cell == "x" else memory.y)
            seen[number] = tuple(registers)

        started = [Thread(target=run, args=one) for one in enumerate(threads)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        reads = tuple(value for number in range(len(threads)) for value in seen[number])
        return reads, (memory.x, memory.y)

    return body


def conceivable(threads):
    """Return all values that the reads and the cells could have, if nothing had an order."""
    writes = {"x": [], "y": []}
    reads = []
    for thread in threads:
        for kind, cell, value in thread:
            if kind == WRITE:
                writes[cell].append(value)
            else:
                reads.append(cell)
    seen = product(*[(0, *writes[cell]) for cell in reads])
    ends = product(*[writes[cell] or [0] for cell in ("x", "y")])
    return set(product(seen, ends))


@pytest.mark.parametrize("name", PROGRAMS)
def test_all_that_sequential_consistency_allows_and_nothing_else(name):
    threads, forbidden, traces = PROGRAMS[name]
    expected = {one for one in conceivable(threads) if not forbidden(*one)}

    exploration = explore(body_of(threads), search="exhaustive", stop_at_failure=False)

    assert exploration.verdict == "holds"
    assert {outcome.value for outcome in exploration.outcomes} == expected
    assert exploration.executions == traces


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False, executions=20_000)
    assert exploration.complete, exploration.reason
    return {outcome.value for outcome in exploration.outcomes}


@pytest.mark.parametrize("make", [Lock, lambda: Semaphore(1), Condition])
def test_who_comes_first_to_a_lock_is_open(make):
    def body():
        order, lock = [], make()

        def enter(name):
            with lock:
                order.append(name)

        together(*[lambda name=name: enter(name) for name in "abc"])
        return "".join(order)

    assert outcomes_of(body) == {"".join(one) for one in permutations("abc")}


def test_what_comes_before_an_event_is_seen_after_it():
    def body():
        memory, ready, seen = SimpleNamespace(x=0, y=0), Event(), []

        def announce():
            memory.x = 1
            ready.set()
            memory.y = 1

        def read():
            ready.wait()
            seen.append((memory.x, memory.y))

        together(announce, read)
        return seen[0]

    assert outcomes_of(body) == {(1, 0), (1, 1)}


def test_what_comes_before_a_barrier_is_seen_after_it():
    def body():
        memory, barrier, seen = SimpleNamespace(x=0, y=0), Barrier(2), {}

        def first():
            memory.x = 1
            barrier.wait()
            seen["first"] = memory.y
            memory.y = 2

        def second():
            memory.y = 1
            barrier.wait()
            seen["second"] = memory.x

        together(first, second)
        return seen["first"], seen["second"], memory.y

    assert outcomes_of(body) == {(1, 1, 2)}


def test_a_wait_with_a_timeout_ends_both_ways():
    def body():
        ready, seen = Event(), []
        together(lambda: seen.append(ready.wait(5)), ready.set)
        return seen[0]

    assert outcomes_of(body) == {True, False}
