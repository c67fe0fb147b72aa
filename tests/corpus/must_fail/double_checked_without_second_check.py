"""The second check is missing under the lock."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Lazy:
    def __init__(self, make):
        self.lock = Lock()
        self.make = make
        self.value = None

    def get(self):
        if self.value is None:
            with self.lock:
                self.value = self.make()
        return self.value


def body():
    lazy = Lazy(object)
    got = []
    threads = [Thread(target=lambda: got.append(lazy.get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1]
