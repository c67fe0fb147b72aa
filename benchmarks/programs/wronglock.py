"""SCTBench wronglock_bad: one thread and several others guard the same value with two locks."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Shared:
    def __init__(self):
        self.value = 0
        self.data_lock, self.this_lock = Lock(), Lock()

    def check(self):
        with self.data_lock:
            seen = self.value
            self.value += 1
            assert seen == self.value - 1

    def add(self):
        with self.this_lock:
            self.value += 1


def wronglock(checkers, adders):
    def body():
        shared = Shared()
        threads = [Thread(target=shared.check) for _ in range(checkers)]
        threads += [Thread(target=shared.add) for _ in range(adders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return body


body = wronglock(1, 7)
