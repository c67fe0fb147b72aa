"""`ThreadPoolExecutor` and its futures: the standard library's own, on controlled primitives."""

import concurrent.futures.thread
import threading
import time
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    CancelledError,
    Future,
    ThreadPoolExecutor,
    as_completed,
    wait,
)
from threading import Event, Thread

import pytest

from harness import Deadlocked, Returned, explore, run

EARLY = ThreadPoolExecutor(2, thread_name_prefix="early")
EARLY_SHUT_DOWN_INSIDE = ThreadPoolExecutor(1)
EARLY_FUTURES = {"where nobody": {"looks for it": Future()}}


def fail(text):
    raise LookupError(text)


def test_map_keeps_the_order(world):
    def body():
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda number: number * number, range(4)))

    assert world(body) == [0, 1, 4, 9]


def test_map_raises_what_a_call_raised(world, error_of):
    def body():
        with ThreadPoolExecutor(2) as pool:
            return error_of(lambda: list(pool.map(fail, ["wrong"])))

    assert world(body) == (LookupError, "wrong")


def test_future_knows_result_exception_and_callbacks(world):
    def body():
        called = []
        with ThreadPoolExecutor(1) as pool:
            good, bad = pool.submit(pow, 2, 5), pool.submit(fail, "wrong")
            good.add_done_callback(lambda future: called.append(future.result()))
            found = good.result(), type(bad.exception()), good.exception(), good.done()
        return found, called, bad.running(), bad.cancelled()

    assert world(body) == ((32, LookupError, None, True), [32], False, False)


def test_as_completed_yields_every_future_once(world):
    def body():
        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(pow, 2, number) for number in range(3)]
            return sorted(future.result() for future in as_completed(futures, timeout=100))

    assert world(body) == [1, 2, 4]


@pytest.mark.parametrize("when", [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION])
def test_wait_comes_back_when_it_should(world, when):
    def body():
        go = Event()
        with ThreadPoolExecutor(2) as pool:
            quick, slow = pool.submit(fail, "wrong"), pool.submit(go.wait)
            if when == ALL_COMPLETED:
                go.set()
            done, not_done = wait([quick, slow], return_when=when)
            go.set()
        return len(done) + len(not_done), quick in done

    assert world(body) == (2, True)


def test_cancelled_future_does_not_run(world, error_of):
    def body():
        go, ran = Event(), []
        pool = ThreadPoolExecutor(1)
        running = pool.submit(go.wait)
        waiting = pool.submit(ran.append, 1)
        cancelled = waiting.cancel()
        go.set()
        pool.shutdown()
        error = error_of(waiting.result)[0] if cancelled else None
        return running.result(), cancelled == waiting.cancelled(), ran == [] or not cancelled, error

    assert world(body) == (True, True, True, CancelledError)


def test_shutdown_can_cancel_what_waits(world):
    def body():
        go = Event()
        pool = ThreadPoolExecutor(1)
        first = pool.submit(go.wait)
        time.sleep(0.001)
        second = pool.submit(int)
        pool.shutdown(wait=False, cancel_futures=True)
        go.set()
        return first.result(), second.cancelled()

    assert world(body) in ((True, True),)


def test_shut_down_pool_takes_no_more(world, error_of):
    def body():
        pool = ThreadPoolExecutor(1)
        future = pool.submit(int)
        pool.shutdown(wait=False)
        return future.result(), error_of(pool.submit, int)

    assert world(body) == (0, (RuntimeError, "cannot schedule new futures after shutdown"))


def test_pool_that_nobody_shuts_down_is_no_deadlock(world):
    def body():
        pool = ThreadPoolExecutor(2)
        return [pool.submit(pow, 2, number).result() for number in range(3)]

    assert world(body) == [1, 2, 4]


def test_initializer_runs_in_each_thread(world):
    def body():
        local = threading.local()

        def initialize(value):
            local.value = value

        with ThreadPoolExecutor(2, initializer=initialize, initargs=(7,)) as pool:
            return list(pool.map(lambda _: local.value, range(4)))

    assert world(body) == [7] * 4


@pytest.mark.filterwarnings("ignore")
def test_initializer_that_fails_breaks_the_pool(world, error_of, caplog):
    def body():
        with ThreadPoolExecutor(1, initializer=fail, initargs=("wrong",)) as pool:
            return error_of(pool.submit(int).result)[0].__name__

    assert world(body) == "BrokenThreadPool"


def test_future_by_hand(world, error_of):
    def body():
        future, seen = Future(), []
        threads = [Thread(target=lambda: seen.append(future.result())) for _ in range(2)]
        for thread in threads:
            thread.start()
        future.set_result("made")
        for thread in threads:
            thread.join()
        return seen, error_of(future.set_result, "again")[0].__name__

    assert world(body) == (["made", "made"], "InvalidStateError")


def test_result_that_does_not_come_in_time(world, error_of):
    def body():
        return error_of(Future().result, timeout=0.001)[0], error_of(Future().result, timeout=0)[0]

    assert world(body) == (TimeoutError, TimeoutError)


def as_completed_at_once(futures):
    return set(as_completed(futures)), set()


def test_future_made_early_is_waited_for_and_found_again():
    missed = []

    def body():
        early = EARLY_FUTURES["where nobody"]["looks for it"]
        before = {early}
        with ThreadPoolExecutor(2) as pool:
            late = pool.submit(early.result)
            completed = set(as_completed({early, late}))
            done, pending = wait({early, late})
        assert {one.result() for one in done} == {"early"}
        assert (completed, done, pending) == ({early, late}, {early, late}, set())
        missed.append(before - done)

    EARLY_FUTURES["where nobody"]["looks for it"].set_result("early")

    assert explore(body, search="random", executions=50).verdict == "no failure found"

    assert not any(missed)  # in the first execution neither
    seen = []
    wait_for_it = EARLY_FUTURES["where nobody"]["looks for it"].result
    looking = Thread(target=lambda: seen.append(wait_for_it()), daemon=True)
    looking.start()
    looking.join()
    assert seen == ["early"]  # nobody holds its lock


def test_names_of_the_threads_are_the_same_in_each_execution():
    def body():
        with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
            name = lambda: threading.current_thread().name  # noqa: E731
            return first.submit(name).result(), second.submit(name).result()

    expected = ("ThreadPoolExecutor-0_0", "ThreadPoolExecutor-1_0")
    assert [run(body).result() for _ in range(3)] == [expected] * 3


def test_pool_made_early_is_new_in_each_execution(world):
    def body():
        before = len(EARLY._threads) if threading.get_ident() else 0
        futures = [EARLY.submit(pow, 2, number) for number in range(3)]
        return [future.result() for future in futures], before >= 0

    assert world(body) == ([1, 2, 4], True)


def test_pool_made_early_is_as_before_afterwards():
    def body():
        futures = [EARLY_SHUT_DOWN_INSIDE.submit(pow, 2, number) for number in range(3)]
        EARLY_SHUT_DOWN_INSIDE.shutdown()
        return tuple(future.result() for future in futures)

    before = dict(EARLY_SHUT_DOWN_INSIDE.__dict__)
    exploration = explore(body, search="random", executions=20)

    assert list(exploration.outcomes) == [Returned((1, 2, 4))]
    assert before == EARLY_SHUT_DOWN_INSIDE.__dict__
    assert EARLY_SHUT_DOWN_INSIDE.submit(int).result(10) == 0


def test_idle_workers_of_a_global_pool_are_no_deadlock():
    exploration = explore(lambda: EARLY.submit(int).result(), search="random", executions=20)

    assert list(exploration.outcomes) == [Returned(0)]


def test_worker_that_waits_for_ever_is_a_deadlock():
    def body():
        EARLY.submit(Event().wait)

    assert type(run(body).outcome) is Deadlocked


def test_task_that_waits_for_one_that_its_only_worker_runs_is_a_deadlock():
    def body():
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: pool.submit(int).result()).result()

    assert type(run(body).outcome) is Deadlocked


def test_nothing_of_a_pool_is_left_where_the_interpreter_looks_at_its_exit(capfd):
    registered = concurrent.futures.thread._threads_queues
    before = dict(registered)

    def body():
        pool = ThreadPoolExecutor(2)
        assert [pool.submit(abs, -1).result() for _ in range(2)] == [1, 2]

    assert explore(body, executions=5).verdict == "violated"
    assert concurrent.futures.thread._threads_queues is registered
    assert dict(registered) == before
    assert capfd.readouterr().err == ""


def test_both_orders_of_a_timeout_and_the_result_are_explored():
    def body():
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(time.sleep, 1)
            try:
                future.result(timeout=2)
            except TimeoutError:
                return "timeout"
            return "result"

    exploration = explore(body, search="exhaustive", preemptions=1)

    assert set(exploration.outcomes) == {Returned("timeout"), Returned("result")}
