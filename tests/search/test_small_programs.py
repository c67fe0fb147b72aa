"""The exhaustive search against brute force, on small random programs.

Brute force runs each interleaving of the operations. The search must find the same outcomes, and
run as many executions as brute force finds different orders of dependent operations.
"""

import threading
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import Deadlocked, Raised, Returned, explore
from harness.control.scheduling.scheduler import running
from harness.search.bounded import PreemptionBound
from harness.search.exhaustive import Exhaustive
from harness.search.happens_before import HappensBefore
from harness.search_options import SearchOptions

MOST_INTERLEAVINGS = 200


def without_points(method):
    """Let a method of this file, which is code in scope, have no switch points."""

    def quiet(self, *arguments):
        with running.quiet():
            return method(self, *arguments)

    return quiet


class BruteForce(Exhaustive):
    """Run every interleaving of the operations, and keep which traces they are of."""

    everywhere = True

    def __init__(self, preemptions=None):
        super().__init__(preemptions)
        self.traces = set()
        self._trace, self._counts = HappensBefore(), {}

    def begin_again(self):
        super().begin_again()
        self._trace, self._counts = HappensBefore(), {}

    def restart(self):
        super().restart()
        self.traces.clear()

    @without_points
    def performed(self, operation):
        operation.index = self._counts.get(operation.task, 0)
        self._counts[operation.task] = operation.index + 1
        self._trace.add(operation)

    @without_points
    def amended(self, task, touches):
        self._trace.amend(task, touches)

    @without_points
    def started(self, child):
        self._trace.start(child, self._trace.operations[-1])

    @without_points
    def waiting(self, operation):
        pass

    def end(self):
        self.traces.add(
            frozenset(
                (one.task, one.index, one.label, tuple(padded(one.clock)))
                for one in self._trace.operations
            )
        )


def padded(clock):
    return clock + [0] * (4 - len(clock))


class State:
    def __init__(self):
        self.x = self.y = 0


CELLS = st.sampled_from(["x", "y"])
VALUES = st.integers(1, 2)
LOCKS = st.sampled_from([0, 1])
CELL_STEPS = st.one_of(
    st.tuples(st.just("read"), CELLS),
    st.tuples(st.just("write"), CELLS, VALUES),
    st.tuples(st.just("add"), CELLS),
)
LOCKED_STEPS = st.tuples(
    st.sampled_from(["lock", "try lock", "lock in time", "reentrant lock"]),
    LOCKS,
    st.lists(CELL_STEPS, max_size=1),
)
NESTED_STEPS = st.tuples(st.just("lock"), LOCKS, st.lists(LOCKED_STEPS, min_size=1, max_size=1))
FAMILIES = {
    "cells": CELL_STEPS,
    "locks": st.one_of(CELL_STEPS, LOCKED_STEPS, NESTED_STEPS),
    "lists": st.one_of(
        st.tuples(st.sampled_from(["get", "set"]), st.integers(0, 1)),
        st.tuples(st.sampled_from(["append", "pop", "len", "iterate"])),
    ),
    "dicts": st.one_of(
        st.tuples(st.sampled_from(["get key", "set key", "drop key", "has key"]), CELLS),
        st.tuples(st.sampled_from(["len of dict", "keys"])),
    ),
    "deques and sets": st.one_of(
        st.tuples(st.sampled_from(["push", "shift", "empty"])),
        st.tuples(st.sampled_from(["include", "exclude", "includes"]), VALUES),
    ),
    "conditions": st.one_of(
        CELL_STEPS, st.tuples(st.sampled_from(["wait", "wait in time", "notify", "notify"]))
    ),
    "events": st.one_of(
        CELL_STEPS,
        st.tuples(
            st.sampled_from(["set flag", "clear flag", "flag", "pass", "pass in time", "pass now"])
        ),
    ),
    "semaphores": st.one_of(
        CELL_STEPS,
        st.tuples(st.sampled_from(["acquire", "release", "try", "acquire in time", "acquire now"])),
    ),
    "threads": st.one_of(CELL_STEPS, st.tuples(st.sampled_from(["alive", "join", "count"]))),
}


def programs(family):
    steps = FAMILIES[family]
    return st.one_of(
        st.lists(st.lists(steps, min_size=1, max_size=2), min_size=2, max_size=2),
        st.lists(st.lists(steps, min_size=1, max_size=1), min_size=3, max_size=3),
    )


class Program:
    """Be what the steps of a program work on, and do them."""

    def __init__(self, lists):
        self.lists = lists
        self.state = State()
        self.locks = [threading.Lock(), threading.Lock()]
        self.reentrant = [threading.RLock(), threading.RLock()]
        self.items, self.table = [0, 0], {"x": 0}
        self.line, self.group = deque([7]), {1}
        self.condition, self.flag = threading.Condition(), threading.Event()
        self.semaphore = threading.Semaphore(1)
        self.results = [[] for _ in lists]
        self.threads = [
            threading.Thread(target=self.run, args=(number,)) for number in range(len(lists))
        ]

    def body(self):
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        state = self.state
        return repr(
            (self.results, state.x, state.y, self.items, self.table, self.line, sorted(self.group))
        )

    def run(self, number):
        for step in self.lists[number]:
            self.do(step, self.results[number])

    def do(self, step, results):  # noqa: PLR0912, PLR0915  one case for each kind of step
        state = self.state
        match step:
            case "read", "x":
                results.append(state.x)
            case "read", "y":
                results.append(state.y)
            case "write", "x", value:
                state.x = value
            case "write", "y", value:
                state.y = value
            case "add", "x":
                state.x += 1
            case "add", "y":
                state.y += 1
            case "lock", which, steps:
                with self.locks[which]:
                    self.do_all(steps, results)
            case "reentrant lock", which, steps:
                with self.reentrant[which]:
                    self.do_all(steps, results)
            case "try lock", which, steps:
                self.do_if(self.locks[which].acquire(blocking=False), which, steps, results)
            case "lock in time", which, steps:
                self.do_if(self.locks[which].acquire(timeout=1), which, steps, results)
            case "get", key:
                results.append(self.items[key])
            case "set", key:
                self.items[key] = 5
            case ("append",):
                self.items.append(6)
            case ("pop",):
                results.append(self.items.pop())
            case ("len",):
                results.append(len(self.items))
            case ("iterate",):
                results.append(list(self.items))
            case "get key", key:
                results.append(self.table.get(key))
            case "set key", key:
                self.table[key] = 5
            case "drop key", key:
                self.table.pop(key, None)
            case "has key", key:
                results.append(key in self.table)
            case ("len of dict",):
                results.append(len(self.table))
            case ("keys",):
                results.append(list(self.table))
            case ("push",):
                self.line.append(6)
            case ("shift",):
                results.append(self.line.popleft())
            case ("empty",):
                results.append(len(self.line) == 0)
            case "include", value:
                self.group.add(value)
            case "exclude", value:
                self.group.discard(value)
            case "includes", value:
                results.append(value in self.group)
            case ("wait",):
                with self.condition:
                    self.condition.wait()
            case ("wait in time",):
                with self.condition:
                    results.append(self.condition.wait(1))
            case ("notify",):
                with self.condition:
                    self.condition.notify()
            case ("set flag",):
                self.flag.set()
            case ("clear flag",):
                self.flag.clear()
            case ("flag",):
                results.append(self.flag.is_set())
            case ("pass",):
                self.flag.wait()
            case ("pass in time",):
                results.append(self.flag.wait(1))
            case ("pass now",):
                results.append(self.flag.wait(0))
            case ("acquire now",):
                results.append(self.semaphore.acquire(timeout=0))
            case ("acquire",):
                self.semaphore.acquire()
            case ("acquire in time",):
                results.append(self.semaphore.acquire(timeout=1))
            case ("try",):
                results.append(self.semaphore.acquire(blocking=False))
            case ("release",):
                self.semaphore.release()
            case ("alive",):
                results.append(self.threads[0].is_alive())
            case ("count",):
                results.append(threading.active_count())
            case ("join",):
                self.threads[0].join()
            case _:
                raise NotImplementedError(step)

    def do_all(self, steps, results):
        for step in steps:
            self.do(step, results)

    def do_if(self, acquired, which, steps, results):
        results.append(acquired)
        if acquired:
            self.do_all(steps, results)
            self.locks[which].release()


def kinds(exploration):
    """Return the outcomes, by what can be compared between two explorations."""
    found = set()
    for outcome in exploration.outcomes:
        match outcome:
            case Returned(value):
                found.add(value)
            case Raised(exception):
                found.add((type(exception), str(exception)))
            case Deadlocked(waits):
                found.add(tuple((wait.task, wait.operation) for wait in waits))
    return found


def compare(lists, monkeypatch, preemptions=None):
    """Compare the search with brute force, unless that takes too long."""

    def body():
        return Program(lists).body()

    options = {"stop_at_failure": False, "executions": MOST_INTERLEAVINGS}
    brute_force = BruteForce(preemptions)
    with monkeypatch.context() as patch:
        patch.setattr(SearchOptions, "make_search", lambda _: brute_force)
        brute = explore(body, search="exhaustive", **options)
    if not brute.complete:
        return
    with monkeypatch.context() as patch:
        patch.setattr(PreemptionBound, "gives_up", False)  # although all interleavings may be few
        optimal = explore(
            body,
            search="exhaustive",
            stop_at_failure=False,
            executions=20_000,
            preemptions=preemptions,
        )

    assert optimal.complete
    traces = sum(witness.count for witness in optimal.outcomes.values())
    if preemptions is None:
        assert kinds(optimal) == kinds(brute)
        assert optimal.executions == traces == len(brute_force.traces)
    else:
        assert kinds(optimal) == kinds(brute)
        if "in time" not in repr(lists):  # these are for a search through all choices
            assert traces == len(brute_force.traces)


def compare_many(family, monkeypatch, examples, bounds):
    @settings(max_examples=examples, deadline=None, derandomize=True, database=None)
    @given(programs(family), bounds)
    def compare_all(lists, preemptions):
        compare(lists, monkeypatch, preemptions)

    compare_all()


@pytest.mark.parametrize("family", FAMILIES)
def test_search_finds_what_brute_force_finds(family, monkeypatch):
    compare_many(family, monkeypatch, 3, st.none())


@pytest.mark.parametrize("family", FAMILIES)
def test_bounded_search_finds_what_brute_force_finds(family, monkeypatch):
    compare_many(family, monkeypatch, 3, st.integers(0, 1))


@pytest.mark.thorough
@pytest.mark.parametrize("bounds", [st.none(), st.integers(0, 2)], ids=["no bound", "a bound"])
@pytest.mark.parametrize("family", FAMILIES)
def test_search_finds_what_brute_force_finds_in_many_programs(family, bounds, monkeypatch):
    compare_many(family, monkeypatch, 60, bounds)
