"""SCTBench lazy01_bad: the third thread fails when it runs after the other two."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 0)


class Shared:
    def __init__(self):
        self.data = 0
        self.lock = Lock()

    def add(self, amount):
        with self.lock:
            self.data += amount

    def look(self):
        with self.lock:
            assert self.data < 3


def body():
    shared = Shared()
    threads = [
        Thread(target=shared.add, args=(1,)),
        Thread(target=shared.add, args=(2,)),
        Thread(target=shared.look),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
