"""What a report says about waits: where time ran out, and who can no longer let go."""

import asyncio
import queue
from threading import Lock

from together import together

from harness import explore


def test_a_timed_wait_that_ran_out_has_a_row():
    def body():
        items = queue.Queue()
        together(lambda: items.get(timeout=30), lambda: items.put(1))

    report = explore(body).failure.report

    assert "[wait: 30 s are over]" in report
    assert "T1 waited 30 s in vain, while others could go on" in report
    assert "max_delay=1" in report
    assert report.splitlines()[1] == ("  after T1 has waited 30 s in vain, while T2 could go on")


def test_a_timed_wait_for_a_simple_queue_is_a_get():
    def body():
        items = queue.SimpleQueue()
        together(lambda: items.get(timeout=30), lambda: items.put(1))

    assert "[get: 30 s are over]" in explore(body).failure.report


def test_nothing_is_advised_about_a_short_wait_or_one_that_nobody_ends():
    def short():
        items = queue.Queue()
        together(lambda: items.get(timeout=0.1), lambda: items.put(1))

    def vain():
        together(lambda: queue.Queue().get(timeout=30))

    for body in (short, vain):
        report = explore(body).failure.report
        assert "s are over]" in report
        assert "max_delay" not in report
        assert "has waited" not in report


def test_sleeps_and_timers_of_a_loop_have_none():
    def body():
        counts = {"n": 0}

        def count():
            found = counts["n"]
            asyncio.run(asyncio.sleep(1))
            counts["n"] = found + 1

        together(count, count)
        assert counts["n"] == 2

    assert "are over" not in explore(body).failure.report


def test_a_lock_whose_holder_has_ended_says_so():
    def body():
        lock = Lock()
        together(lock.acquire, lock.acquire)

    report = explore(body).failure.report

    assert "which has ended" in report
