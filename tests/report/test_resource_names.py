"""What reports call locks and the like: by the name that the program gives them."""

import queue
import threading

import pytest
from together import together

from harness import explore

LOCK = threading.Lock()
EVENT = threading.Event()
CONDITION = threading.Condition()
QUEUE = queue.Queue()
SIMPLE_QUEUE = queue.SimpleQueue()
BARRIER = threading.Barrier(2)
DEEP = {"locks": [threading.Lock()]}


class Service:
    lock = threading.Lock()

    def __init__(self):
        self.permits = threading.Semaphore(0)


SERVICE = Service()


def take(lock):
    with lock:
        lock.acquire()


def sleep(condition):
    with condition:
        condition.wait()


EARLY = {
    "Lock 'LOCK'": lambda: take(LOCK),
    "Lock 'Service.lock'": lambda: take(Service.lock),
    "Event 'EVENT'": lambda: EVENT.wait(),
    "Condition 'CONDITION'": lambda: sleep(CONDITION),
    "Condition 'QUEUE.not_empty'": lambda: QUEUE.get(),
    "SimpleQueue 'SIMPLE_QUEUE'": lambda: SIMPLE_QUEUE.get(),
    "Condition 'BARRIER'": lambda: BARRIER.wait(),
    "Semaphore 'SERVICE.permits'": lambda: SERVICE.permits.acquire(),
}


@pytest.mark.parametrize("name", EARLY)
def test_what_a_module_keeps_is_called_by_its_name_there(name):
    report = explore(EARLY[name]).failure.report

    assert f"'body' waits for {name} (in {__name__}) in " in report


def test_what_lies_deeper_is_known_by_where_it_was_used_first():
    report = explore(lambda: take(DEEP["locks"][0])).failure.report

    assert "waits for Lock (first used at tests/report/test_resource_names.py:" in report


def event():
    changed = threading.Event()
    changed.wait()


def condition():
    changed = threading.Condition()
    sleep(changed)


def semaphore():
    changed = threading.Semaphore(0)
    changed.acquire()


def simple_queue():
    changed = queue.SimpleQueue()
    changed.get()


def queue_():
    changed = queue.Queue()
    changed.get()


def barrier():
    changed = threading.Barrier(2)
    changed.wait()


@pytest.mark.parametrize("body", [event, condition, semaphore, simple_queue, queue_, barrier])
def test_what_the_body_makes_is_called_by_the_name_in_the_line_that_makes_it(body):
    report = explore(body).failure.report

    line = body.__code__.co_firstlineno + 1
    assert f" 'changed' (tests/report/test_resource_names.py:{line}) in " in report


def test_two_that_one_line_makes_have_no_name_of_the_other():
    def body():
        one = threading.Lock(); two = threading.Lock()  # fmt: skip  # noqa: E702
        together(lambda: take(one), lambda: take(two))

    report = explore(body).failure.report

    assert "'one'" not in report
    assert " waits for Lock (" in report
    assert " waits for Lock #2 (" in report
