"""SCTBench twostage_bad: the two halves of an update are under two locks."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Shared:
    def __init__(self):
        self.d1 = self.d2 = 0
        self.l1, self.l2 = Lock(), Lock()

    def write(self):
        with self.l1:
            self.d1 = 1
        with self.l2:
            self.d2 = self.d1 + 1

    def read(self):
        with self.l1:
            if self.d1 == 0:
                return
            seen = self.d1
        with self.l2:
            assert self.d2 == seen + 1


def twostage(writers, readers):
    def body():
        shared = Shared()
        threads = [Thread(target=shared.write) for _ in range(writers)]
        threads += [Thread(target=shared.read) for _ in range(readers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return body


body = twostage(1, 1)
