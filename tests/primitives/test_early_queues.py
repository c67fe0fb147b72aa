"""A `SimpleQueue` that a program made before the exploration, wherever it keeps it."""

import logging
import logging.handlers
import queue
from queue import SimpleQueue
from threading import Thread
from time import monotonic

import pytest

from harness import Deadlocked, explore, run

GLOBAL = SimpleQueue()
GLOBAL_QUEUE = queue.Queue()
IN_A_DICT = {"queue": SimpleQueue()}


class Holder:
    shared = SimpleQueue()

    def __init__(self):
        self.own = SimpleQueue()


HOLDER = Holder()


def default_argument(given=SimpleQueue()):  # noqa: B008  that is what is tested
    return given


PLACES = {
    "global": lambda: GLOBAL,
    "dict": lambda: IN_A_DICT["queue"],
    "class": lambda: Holder.shared,
    "instance": lambda: HOLDER.own,
    "default argument": default_argument,
}


def in_threads(*functions):
    threads = [Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pass_one_on(early):
    taken = []
    in_threads(lambda: taken.append(early().get()), lambda: early().put(5))
    return taken, early().empty(), early().qsize()


def take_if_there_is_one(early):
    early().put(1)
    in_threads(*2 * [lambda: early().empty() or early().get()])


def take_in_time(early):
    began = monotonic()
    try:
        early().get(timeout=3600)
    except queue.Empty:
        return round(monotonic() - began)


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
@pytest.mark.parametrize("place", PLACES)
def test_get_waits_for_what_another_task_puts(place, carrier):
    exploration = explore(lambda: pass_one_on(PLACES[place]), search="exhaustive", carrier=carrier)

    assert exploration.verdict == "holds"
    assert [outcome.value for outcome in exploration.outcomes] == [([5], True, 0)]


@pytest.mark.parametrize("place", PLACES)
def test_two_that_find_an_item_may_wait_for_one(place):
    exploration = explore(lambda: take_if_there_is_one(PLACES[place]), executions=50)

    assert isinstance(exploration.failure.outcome, Deadlocked)
    where = " (first used at tests/" if place in ("dict", "default argument") else " '"
    assert f"waits for SimpleQueue{where}" in str(exploration.failure)
    assert len(exploration.failure.interleaving.switches) == 1


@pytest.mark.parametrize("place", PLACES)
def test_time_is_virtual(place):
    assert run(lambda: take_in_time(PLACES[place])).outcome.value == 3600


CAPTURED = {"class": [SimpleQueue]}


def feed(make_queue):
    made = make_queue()

    def write():
        while made.get():
            pass

    writer = Thread(target=write)
    writer.start()
    in_threads(*2 * [lambda: made.put(True)])
    made.put(False)
    writer.join()


def test_who_meets_it_first_makes_no_difference_to_a_search():
    """Who waits has met it, but has done nothing that others could see."""
    of_early = explore(lambda: feed(CAPTURED["class"][0]), search="exhaustive")
    of_others = explore(lambda: feed(SimpleQueue), search="exhaustive")

    assert of_early.verdict == of_others.verdict == "holds"
    assert of_early.executions == of_others.executions


@pytest.mark.parametrize(
    "body", [lambda: GLOBAL.put(1), lambda: GLOBAL_QUEUE.put(1)], ids=["SimpleQueue", "Queue"]
)
def test_what_is_left_in_it_stays_there_and_is_named(body, request):
    early = GLOBAL if request.node.callspec.id == "SimpleQueue" else GLOBAL_QUEUE

    exploration = explore(body, executions=3)

    name = "GLOBAL" if early is GLOBAL else "GLOBAL_QUEUE"
    assert exploration.leftovers == (f"{__name__}.{name} ({request.node.callspec.id})",)
    while not early.empty():
        assert early.get_nowait() == 1


def test_other_os_threads_use_it_as_ever():
    taken = []
    outside = Thread(target=lambda: taken.append(GLOBAL.get()))
    outside.start()

    run(lambda: GLOBAL.put(1))
    outside.join()
    while not GLOBAL.empty():
        taken.append(GLOBAL.get())
    assert set(taken) == {1}


HANDLER = logging.handlers.QueueHandler(SimpleQueue())
LOGGER = logging.Logger("early", logging.INFO)
LOGGER.addHandler(HANDLER)


def test_listener_gets_what_a_handler_made_early_has_put_there():
    def body():
        heard = []
        handler = logging.Handler()
        handler.emit = lambda record: heard.append(record.getMessage())
        listener = logging.handlers.QueueListener(HANDLER.queue, handler)
        listener.start()
        in_threads(*2 * [lambda: LOGGER.info("hello")])
        listener.stop()
        return heard

    exploration = explore(body, executions=100)

    assert exploration.failure is None
    assert [outcome.value for outcome in exploration.outcomes] == [["hello", "hello"]]
