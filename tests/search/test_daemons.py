"""What an exhaustive search makes of daemons, which the end of the body stops wherever they are."""

import queue
import threading

import pytest

from harness import explore
from harness.counters import QueueCounter, count


def all_of(body, **options):
    return explore(body, search="exhaustive", stop_at_failure=False, **options)


def values(exploration):
    return {outcome.value for outcome in exploration.outcomes}


def test_a_daemon_that_is_joined_costs_no_more_than_another_thread():
    def body(daemon):
        jobs = queue.Queue()

        def work():
            while jobs.get():
                pass

        worker = threading.Thread(target=work, daemon=daemon)
        producers = [threading.Thread(target=jobs.put, args=(True,)) for _ in range(2)]
        for thread in (worker, *producers):
            thread.start()
        for thread in producers:
            thread.join()
        jobs.put(False)
        worker.join()

    as_daemon, as_thread = all_of(lambda: body(True)), all_of(lambda: body(False))

    assert as_daemon.verdict == as_thread.verdict == "holds"
    assert as_daemon.executions == as_thread.executions == 40


@pytest.mark.parametrize("preemptions", [None, 2])
def test_a_counter_that_a_daemon_writes_holds(preemptions):
    def body():
        assert count(QueueCounter, 2, 1) == 2

    exploration = all_of(body, preemptions=preemptions)

    assert exploration.verdict == "holds"
    assert exploration.executions < 100


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_that_wait_for_more_are_covered(workers):
    def body():
        jobs, done = queue.Queue(), []

        def work():
            while True:
                done.append(jobs.get())
                jobs.task_done()

        for _ in range(workers):
            threading.Thread(target=work, daemon=True).start()
        jobs.put(1)
        jobs.join()
        return tuple(done)

    exploration = all_of(body)

    assert exploration.verdict == "holds"
    assert values(exploration) == {(1,)}
    assert exploration.executions < 1_000


def test_each_place_at_which_the_end_stops_it_is_an_outcome():
    def body():
        done = []
        threading.Thread(target=lambda: [done.append(n) for n in range(3)], daemon=True).start()
        return tuple(done)

    assert values(all_of(body)) == {(), (0,), (0, 1), (0, 1, 2)}
    assert values(explore(body, stop_at_failure=False)) == values(all_of(body))


def test_what_it_has_done_before_a_failure_is_found():
    def body():
        done = []
        threading.Thread(target=done.append, args=(1,), daemon=True).start()
        assert not done

    assert all_of(body).verdict == "violated"
    assert explore(body).verdict == "violated"
