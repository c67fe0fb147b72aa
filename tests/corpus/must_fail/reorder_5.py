"""SCTBench reorder_5_bad: four setters, one checker."""

from threading import Thread

EXPECTED = ("AssertionError", 1)
SETTERS = 4


class Shared:
    def __init__(self):
        self.a = self.b = 0

    def set(self):
        self.a = 1
        self.b = -1

    def check(self):
        assert (self.a == 0 and self.b == 0) or (self.a == 1 and self.b == -1)


def body():
    shared = Shared()
    threads = [Thread(target=shared.set) for _ in range(SETTERS)]
    threads.append(Thread(target=shared.check))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
