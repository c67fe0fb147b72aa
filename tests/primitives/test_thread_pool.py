"""`multiprocessing.pool.ThreadPool`: the standard library's own, on controlled primitives."""

import multiprocessing.util
import select
import selectors
import socket
from multiprocessing.pool import ThreadPool
from threading import Thread

import pytest

from harness import UsageError, explore, run


def fail(_):
    raise LookupError("wrong")


def test_map_keeps_the_order(world):
    def body():
        with ThreadPool(2) as pool:
            return pool.map(abs, [-1, 2, -3])

    assert world(body) == [1, 2, 3]


def test_results_come_one_by_one(world, error_of):
    def body():
        pool = ThreadPool(2)
        got = (
            pool.apply(pow, (2, 3)),
            pool.apply_async(pow, (2, 4)).get(),
            list(pool.imap(abs, [-1, 2])),
            sorted(pool.imap_unordered(abs, [-1, 2])),
            pool.starmap(pow, [(2, 5)]),
            error_of(pool.map, fail, [1]),
        )
        pool.close()
        pool.join()
        return got

    assert world(body) == (8, 16, [1, 2], [1, 2], [32], (LookupError, "wrong"))


def finalizers_of_pools():
    registry = multiprocessing.util._finalizer_registry
    return [key for key, made in registry.items() if made._callback.__name__ == "_terminate_pool"]


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self, _):
        self.value += 1


def test_race_in_a_pool_is_found_and_its_finalizers_do_not_wait_for_the_exit():
    def body():
        counter = Counter()
        with ThreadPool(2) as pool:
            pool.map(counter.increment, range(2), chunksize=1)
        assert counter.value == 2

    before = finalizers_of_pools()
    exploration = explore(body)

    assert exploration.verdict == "violated", exploration.reason
    assert finalizers_of_pools() == before


def test_pool_made_early_is_refused():
    with ThreadPool(1) as pool, pytest.raises(UsageError, match="Create it inside the body"):
        run(lambda: pool.map(abs, [-1]))


KINDS = [
    getattr(selectors, name)
    for name in ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector")
    if hasattr(selectors, name)
]


@pytest.mark.parametrize("kind", KINDS)
def test_selector_waits_for_another_thread(world, kind):
    def body():
        mine, other = socket.socketpair()
        with mine, other, kind() as selector:
            selector.register(mine, selectors.EVENT_READ, "data")
            nothing = selector.select(0), selector.select(0.001)
            thread = Thread(target=other.send, args=(b"x",))
            thread.start()
            (key, events), *_ = selector.select()
            thread.join()
            return nothing, key.data, events == selectors.EVENT_READ, mine.recv(1)

    assert world(body) == (([], []), "data", True, b"x")


def test_select_waits_for_another_thread(world):
    def body():
        mine, other = socket.socketpair()
        with mine, other:
            nothing = select.select([mine], [], [], 0), select.select([mine], [], [], 0.001)
            thread = Thread(target=other.send, args=(b"x",))
            thread.start()
            ready = select.select([mine], [], [])[0] == [mine]
            thread.join()
            return nothing, ready

    assert world(body) == ((([], [], []), ([], [], [])), True)
