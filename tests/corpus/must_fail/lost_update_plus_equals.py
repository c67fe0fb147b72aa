"""Two threads trust that `+=` on an attribute is one step."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Counter:
    def __init__(self):
        self.n = 0

    def increment(self):
        self.n += 1


def body():
    counter = Counter()
    threads = [Thread(target=counter.increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.n == 2
