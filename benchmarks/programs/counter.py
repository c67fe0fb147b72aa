"""The unlocked and the locked counter."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Shared:
    def __init__(self):
        self.n = 0
        self.lock = Lock()

    def count(self, iterations):
        for _ in range(iterations):
            self.n = self.n + 1

    def count_locked(self, iterations):
        for _ in range(iterations):
            with self.lock:
                self.n = self.n + 1


def counter(threads, iterations, *, locked=False):
    def body():
        shared = Shared()
        target = shared.count_locked if locked else shared.count
        workers = [Thread(target=target, args=(iterations,)) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert shared.n == threads * iterations

    return body


body = counter(2, 1)
