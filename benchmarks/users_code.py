"""What a user's code looks like: counters of a module that is no part of the harness."""

import threading


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
