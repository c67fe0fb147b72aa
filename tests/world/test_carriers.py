"""Tasks on OS threads do what tasks on greenlets do, and C code sees the real thing.

That whole explorations are equal is checked in tests/corpus.
"""

import _thread
import decimal
import signal
import sqlite3
import sys
import threading
from contextlib import closing

import pytest
from together import together

from harness import Deadlocked, Interleaving, OutOfSteps, Returned, UsageError, explore, replay, run
from harness.control.library import thread
from harness.control.scheduling import thread_carriers
from harness.control.scheduling.scheduler import running

EARLY = threading.local()
EARLY.name = "main"
LEFT, RIGHT = threading.Lock(), threading.Lock()


def on_threads(body, text="", **options):
    return run(body, Interleaving.parse(text), carrier="threads", **options)


def lose_an_increment():
    counts = [0]

    def count():
        value = counts[0]
        counts[0] = value + 1

    together(count, count)
    assert counts == [2]


def wait_for_each_other():
    def take(first, second):
        with first, second:
            pass

    together(lambda: take(LEFT, RIGHT), lambda: take(RIGHT, LEFT))


def waiting_threads():
    return {
        ident
        for ident, frame in sys._current_frames().items()
        if frame.f_code.co_filename.endswith("thread_carriers.py")
        and frame.f_code.co_name == "wait"
    }


@pytest.fixture
def no_thread_is_left():
    before = waiting_threads()  # of tasks of other tests that nobody could end
    yield
    assert waiting_threads() <= before


def test_a_token_fits_both(no_thread_is_left):
    failure = explore(lose_an_increment).failure
    again = explore(lose_an_increment, carrier="threads").failure

    assert failure.token == again.token
    assert failure.report == again.report
    for carrier in ("greenlets", "threads"):
        execution = replay(lose_an_increment, failure.token, carrier=carrier)
        assert execution.trace == failure.trace


def test_a_deadlock_ends_all_threads(no_thread_is_left):
    failure = explore(wait_for_each_other, carrier="threads").failure

    assert isinstance(failure.outcome, Deadlocked)
    assert failure.outcome == explore(wait_for_each_other).failure.outcome


def test_an_execution_without_end_ends_all_threads(no_thread_is_left):
    def body():
        flags = []

        def spin():
            while not flags:
                pass

        together(spin, spin)

    assert isinstance(on_threads(body, max_steps=2_000).outcome, OutOfSteps)


def refused_by_c_code():
    """Return whether a connection refuses to be used on another thread."""
    refused = []
    with closing(sqlite3.connect(":memory:")) as connection:

        def use():
            try:
                connection.execute("select 1")
            except sqlite3.ProgrammingError:
                refused.append(1)

        together(use)
    return bool(refused)


def test_c_code_sees_the_thread_it_is_called_on(no_thread_is_left):
    assert run(refused_by_c_code).outcome == Returned(False)
    assert on_threads(refused_by_c_code).outcome == Returned(True)


def test_a_failure_that_os_threads_do_not_confirm_says_so(no_thread_is_left):
    def body():
        assert refused_by_c_code()

    failure = explore(body).failure

    assert "On OS threads it did something else under the same interleaving" in failure.report
    assert explore(body, carrier="threads").failure is None


def test_a_failure_that_os_threads_confirm_says_nothing():
    assert "OS threads" not in explore(lose_an_increment).failure.report


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
def test_what_belongs_to_a_thread_is_its_own(no_thread_is_left, carrier):
    def body():
        seen = [EARLY.name]

        def use(name):
            seen.append(hasattr(EARLY, "name"))
            EARLY.name = name
            decimal.getcontext().prec = len(name)
            seen.append(EARLY.name)

        precision = decimal.getcontext().prec
        together(lambda: use("a"), lambda: use("bc"))
        EARLY.name = "changed"
        return seen, decimal.getcontext().prec == precision

    outcome = run(body, carrier=carrier).outcome

    assert outcome == Returned((["main", False, "a", False, "bc"], True))
    assert EARLY.name == "main"


@pytest.mark.parametrize("name", ["worker", "body"])
def test_ctrl_c_passes_through(no_thread_is_left, name):
    def interrupt():
        signal.raise_signal(signal.SIGINT)
        for _ in range(1_000_000):
            LEFT.locked()

    def body():
        together(interrupt if name == "worker" else int)
        if name == "body":
            interrupt()

    with pytest.raises(KeyboardInterrupt):
        on_threads(body)

    assert explore(lose_an_increment, carrier="threads").verdict == "violated"


def test_ctrl_c_right_before_a_thread_ends_leaves_none(no_thread_is_left, monkeypatch):
    mark_ended = thread._mark_ended

    def interrupt(ended):  # as the handler does that meets a line of the harness
        mark_ended(ended)
        if running.thread_ident:
            running.interrupt(KeyboardInterrupt(), at_once=False)

    monkeypatch.setattr(thread, "_mark_ended", interrupt)

    with pytest.raises(KeyboardInterrupt):
        on_threads(lambda: together(int, int))


def test_an_unknown_carrier_is_refused():
    for verb in (run, explore):
        with pytest.raises(
            UsageError, match=r"carrier='fibers' is unknown\. Use one of 'greenlets'"
        ):
            verb(int, carrier="fibers")


def test_the_models_of_a_failure_are_looked_at_on_the_same_carrier():
    """C code that looks at its thread must find one everywhere."""
    refused = []

    def body():
        shared = {"n": 0}
        with closing(sqlite3.connect(":memory:")) as connection:

            def add():
                try:
                    connection.execute("SELECT 1")
                    refused.append(False)
                except sqlite3.ProgrammingError:  # of another thread
                    refused.append(True)
                shared["n"] += 1

            together(add, add)
        assert shared["n"] == 2

    failure = explore(body, carrier="threads").failure

    assert failure.affects
    assert refused
    assert all(refused)


def test_no_thread_is_left_after_its_last_steps(monkeypatch):
    end = thread_carriers.threads.end

    def end_slowly(*arguments):
        end(*arguments)
        for _ in range(1_000_000):  # every clock is virtual here
            pass

    monkeypatch.setattr(thread_carriers.threads, "end", end_slowly)
    before = _thread._count()

    assert on_threads(lambda: together(int, int)).outcome == Returned(None)
    assert _thread._count() == before
