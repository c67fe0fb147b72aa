"""SCTBench reorder_N_bad: setters, checkers, and a window that the first setter closes for ever."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Shared:
    def __init__(self):
        self.a = self.b = 0

    def set(self):
        self.a = 1
        self.b = -1

    def check(self):
        assert (self.a == 0 and self.b == 0) or (self.a == 1 and self.b == -1)


def reorder(setters, checkers):
    def body():
        shared = Shared()
        threads = [Thread(target=shared.set) for _ in range(setters)]
        threads += [Thread(target=shared.check) for _ in range(checkers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return body


body = reorder(2, 1)
