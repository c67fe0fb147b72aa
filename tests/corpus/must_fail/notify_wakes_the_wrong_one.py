"""One condition serves producers and consumers, and `notify` can wake the wrong kind."""

from threading import Condition, Thread

EXPECTED = ("DeadlockError", 1)


class Slot:
    def __init__(self):
        self.changed = Condition()
        self.full = False

    def put(self):
        with self.changed:
            while self.full:
                self.changed.wait()
            self.full = True
            self.changed.notify()

    def get(self):
        with self.changed:
            while not self.full:
                self.changed.wait()
            self.full = False
            self.changed.notify()


def body():
    slot = Slot()
    threads = [Thread(target=slot.get) for _ in range(2)]
    threads += [Thread(target=slot.put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
