"""Every increment is under one lock."""

from threading import Lock, Thread

SMALL = True


class Counter:
    def __init__(self):
        self.lock = Lock()
        self.n = 0

    def increment(self):
        with self.lock:
            self.n += 1


def body():
    counter = Counter()
    threads = [Thread(target=counter.increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.n == 2
