"""With max_delay= a generous timeout does not run out while others could go on."""

import queue
import time
from threading import Event, Lock, Thread

import pytest
from together import together

from harness import Raised, Returned, UsageError, explore

TIMED = pytest.mark.parametrize("search", ["auto", "random", "pct", "pos", "surw", "exhaustive"])


def hand_over(timeout):
    """Fail where the timeout runs out before the other thread has put."""
    items = queue.Queue()
    together(lambda: items.get(timeout=timeout), lambda: items.put(1))


@TIMED
def test_a_timeout_of_that_length_holds(search):
    exploration = explore(lambda: hand_over(10), search=search, max_delay=1, executions=2_000)

    assert exploration.failure is None
    if search in ("auto", "exhaustive"):
        assert exploration.verdict == "holds"


@TIMED
def test_a_shorter_one_runs_out_still(search):
    exploration = explore(lambda: hand_over(0.5), search=search, max_delay=1)

    assert isinstance(exploration.failure.outcome, Raised)
    assert isinstance(exploration.failure.outcome.exception, queue.Empty)


@TIMED
def test_without_it_any_timeout_runs_out(search):
    assert explore(lambda: hand_over(10), search=search).failure is not None


def test_the_minimal_failure_keeps_to_it():
    def body():
        counts = {"n": 0}
        is_done = Event()

        def count():
            found = counts["n"]
            counts["n"] = found + 1
            is_done.set()

        thread = Thread(target=count)
        thread.start()
        counts["n"] += 1
        assert is_done.wait(60)
        thread.join()
        assert counts["n"] == 2

    failure = explore(body, max_delay=1).failure

    assert "s are over" not in failure.report
    assert str(failure.outcome.exception).endswith("1 == 2")


def test_many_short_sleeps_are_as_long_as_one_long_one():
    def body():
        has_come = []

        def look():
            for _ in range(12):
                time.sleep(0.1)
            return list(has_come)

        thread = Thread(target=lambda: has_come.append(1))
        thread.start()
        found = look()
        thread.join()
        return found

    outcomes = explore(body, search="exhaustive", max_delay=0.2, stop_at_failure=False).outcomes
    without = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert set(outcomes) == {Returned([1])}
    assert set(without) == {Returned([1]), Returned([])}


def test_a_wait_that_nobody_ends_runs_out():
    def body():
        lock = Lock()
        lock.acquire()
        found = []
        together(lambda: found.append(lock.acquire(timeout=30)))
        return found

    exploration = explore(body, max_delay=1, stop_at_failure=False)

    assert set(exploration.outcomes) == {Returned([False])}


@pytest.mark.parametrize("value", [0, -1, "1", float("nan"), True])
def test_only_a_positive_number_will_do(value):
    with pytest.raises(UsageError, match="max_delay="):
        explore(lambda: None, max_delay=value)
