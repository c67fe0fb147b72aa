"""Threads that a program started before the exploration are real, and may be waited for."""

import queue
import threading

import pytest
from together import together

from harness import InconclusiveError, check, explore

JOBS = queue.Queue()
REQUESTS = queue.SimpleQueue()
ANSWERED = threading.Event()
LOCK = threading.Lock()


def do_jobs():
    while JOBS.get() != "stop":
        JOBS.task_done()


def answer():
    while REQUESTS.get() != "stop":
        ANSWERED.set()


@pytest.fixture(autouse=True, scope="module")
def workers():
    threads = [
        threading.Thread(target=target, name=target.__name__) for target in (do_jobs, answer)
    ]
    for thread in threads:
        thread.start()
    yield
    for made in (JOBS, REQUESTS):
        made.put("stop")
    for thread in threads:
        thread.join()


def wait_for_jobs():
    together(lambda: JOBS.put(1), lambda: JOBS.put(2))
    JOBS.join()


def wait_for_a_request():
    together(lambda: REQUESTS.get(), lambda: None)


@pytest.mark.parametrize(
    ("body", "name"), [(wait_for_jobs, "do_jobs"), (wait_for_a_request, "answer")]
)
def test_to_wait_for_one_is_no_deadlock(body, name):
    exploration = explore(body)

    assert exploration.verdict == "inconclusive"
    assert f"what the thread '{name}' uses, which was started outside of" in exploration.reason
    with pytest.raises(InconclusiveError, match="Start it in the body"):
        check(body)
    while not JOBS.empty():
        JOBS.get()


def test_a_deadlock_that_they_have_no_part_in_is_one():
    def body():
        with LOCK:
            LOCK.acquire()

    assert explore(body).verdict == "violated"
