"""`queue.Queue` and its kin, which stand on conditions under control."""

import queue
from queue import Empty, Full, LifoQueue, PriorityQueue, Queue, SimpleQueue
from threading import Thread
from time import sleep

import pytest

KINDS = {
    "Queue": lambda *args: Queue(*args),
    "LifoQueue": lambda *args: LifoQueue(*args),
    "PriorityQueue": lambda *args: PriorityQueue(*args),
    "SimpleQueue": lambda *args: SimpleQueue(),
}
ORDERS = {
    "Queue": [3, 1, 2],
    "LifoQueue": [2, 1, 3],
    "PriorityQueue": [1, 2, 3],
    "SimpleQueue": [3, 1, 2],
}
BOUNDED = [name for name in KINDS if name != "SimpleQueue"]


@pytest.mark.parametrize("kind", KINDS)
def test_items_come_out_in_the_order_of_the_kind(world, kind):
    def body():
        made = KINDS[kind]()
        for item in (3, 1, 2):
            made.put(item)
        sizes = [made.qsize(), made.empty()]
        items = [made.get(), made.get_nowait(), made.get(timeout=1)]
        return sizes, items, made.qsize(), made.empty()

    assert world(body) == ([3, False], ORDERS[kind], 0, True)


@pytest.mark.parametrize("kind", KINDS)
def test_get_waits_for_an_item(world, kind):
    def body():
        made, got = KINDS[kind](), []
        threads = [Thread(target=lambda: got.append(made.get())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for item in (1, 2):
            made.put(item)
        for thread in threads:
            thread.join()
        return sorted(got)

    assert world(body) == [1, 2]


@pytest.mark.parametrize("kind", BOUNDED)
def test_put_waits_for_room(world, kind):
    def body():
        made, got, most = KINDS[kind](1), [], []

        def produce():
            for item in range(4):
                made.put(item)
                most.append(made.qsize() <= 1)

        thread = Thread(target=produce)
        thread.start()
        for _ in range(4):
            got.append(made.get())
        thread.join()
        return got, most, made.full()

    assert world(body) == ([0, 1, 2, 3], [True] * 4, False)


@pytest.mark.parametrize("kind", KINDS)
def test_empty_queue_gives_up(world, error_of, kind):
    def body():
        made = KINDS[kind]()
        return [
            error_of(made.get_nowait),
            error_of(made.get, False),
            error_of(made.get, block=True, timeout=0.001),
            error_of(made.get, timeout=0),
            error_of(made.get, False, -1),
        ]

    assert world(body) == [(Empty, "")] * 5


@pytest.mark.parametrize("kind", BOUNDED)
def test_full_queue_gives_up(world, error_of, kind):
    def body():
        made = KINDS[kind](1)
        made.put(0)
        return [
            error_of(made.put_nowait, 1),
            error_of(made.put, 1, False),
            error_of(made.put, 1, timeout=0.001),
            error_of(made.put, 1, timeout=0),
            made.full(),
        ]

    assert world(body) == [(Full, "")] * 4 + [True]


@pytest.mark.parametrize("kind", KINDS)
def test_negative_timeout_is_an_error(world, error_of, kind):
    def body():
        return error_of(KINDS[kind]().get, True, -1)

    assert world(body) == (ValueError, "'timeout' must be a non-negative number")


@pytest.mark.parametrize("kind", BOUNDED)
def test_join_waits_until_every_item_is_done(world, kind):
    def body():
        made, done = KINDS[kind](), []

        def work():
            while (item := made.get()) >= 0:
                done.append(item)
                made.task_done()
            made.task_done()

        threads = [Thread(target=work) for _ in range(2)]
        for item in (1, 2, 3):
            made.put(item)
        for thread in threads:
            thread.start()
        made.join()
        first = sorted(done)
        for _ in threads:
            made.put(-1)
        for thread in threads:
            thread.join()
        made.join()
        return first, made.unfinished_tasks

    if kind == "Queue":
        assert world(body) == ([1, 2, 3], 0)
    else:
        assert world(body)[1] == 0


def test_task_done_too_often_is_an_error(world, error_of):
    def body():
        made = Queue()
        made.put(1)
        made.task_done()
        return error_of(made.task_done)

    assert world(body) == (ValueError, "task_done() called too many times")


def test_simple_queue_ignores_the_arguments_of_put(world):
    def body():
        made = SimpleQueue()
        made.put(1, False, 0)
        made.put_nowait(2)
        return made.get(), made.get()

    assert world(body) == (1, 2)


def test_subclass_with_its_own_storage(world):
    def body():
        class Unique(Queue):
            def _init(self, maxsize):
                self.queue = {}

            def _qsize(self):
                return len(self.queue)

            def _put(self, item):
                self.queue[item] = None

            def _get(self):
                return self.queue.popitem()[0]

        made = Unique()
        threads = [Thread(target=made.put, args=(7,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return made.qsize(), made.get()

    assert world(body) == (1, 7)


def test_shut_down_queue_wakes_who_waits(world, error_of):
    def body():
        made, found = Queue(), []
        if not hasattr(made, "shutdown"):
            return "not in this version"
        thread = Thread(target=lambda: found.append(error_of(made.get)[0].__name__))
        thread.start()
        sleep(0)
        made.shutdown()
        thread.join()
        return found, error_of(made.put, 1)[0].__name__

    assert world(body) == body()


def test_names_are_the_same_classes(world):
    def body():
        return queue.SimpleQueue is SimpleQueue, isinstance(SimpleQueue(), queue.SimpleQueue)

    assert world(body) == (True, True)


EARLY = Queue(2)


def test_queue_made_early_is_under_control(world):
    def body():
        got = []

        def produce():
            for item in range(3):
                EARLY.put(item)

        threads = [Thread(target=produce) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(6):
            got.append(EARLY.get())
            EARLY.task_done()
        for thread in threads:
            thread.join()
        EARLY.join()
        return sorted(got), EARLY.qsize(), EARLY.empty()

    assert world(body) == ([0, 0, 1, 1, 2, 2], 0, True)
