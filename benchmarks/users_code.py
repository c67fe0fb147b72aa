"""What a user's code looks like: counters of a module that is no part of the harness."""

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Forgetful:
    """Count without a lock."""

    def __init__(self):
        self.count = 0

    def increment(self):
        self.count = self.count + 1


class Careful:
    """Count under a lock."""

    def __init__(self):
        self.count = 0
        self.lock = threading.Lock()

    def increment(self):
        with self.lock:
            self.count = self.count + 1


class Signalling(Careful):
    """Count under the lock of a condition, and notify who waits for it."""

    def __init__(self):
        self.count = 0
        self.changed = threading.Condition()

    def increment(self):
        with self.changed:
            self.count = self.count + 1
            self.changed.notify()


class Passing:
    """Keep the count in a queue, from which one thread at a time takes it."""

    def __init__(self):
        self.counts = queue.Queue()
        self.counts.put(0)

    @property
    def count(self):
        return self.counts.get()

    def increment(self):
        self.counts.put(self.counts.get() + 1)


def repeat(counter, iterations):
    for _ in range(iterations):
        counter.increment()


def count(make_counter, threads, iterations):
    counter = make_counter()
    workers = [threading.Thread(target=repeat, args=(counter, iterations)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.count


def count_in_a_pool(make_counter, threads, iterations):
    counter = make_counter()
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(threads):
            pool.submit(repeat, counter, iterations)
    return counter.count


def count_late(make_counter, threads, iterations, *, seconds):
    counter = make_counter()

    def work():
        if seconds:
            time.sleep(seconds)
        repeat(counter, iterations)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.count


def do_nothing():
    pass


class Box:
    def __init__(self):
        self.value = 0


_box = Box()


def read_a_thousand_attributes():
    box = _box
    for _ in range(100):
        box.value, box.value, box.value, box.value, box.value  # noqa: B018
        box.value, box.value, box.value, box.value, box.value  # noqa: B018
