"""A method that holds the lock calls another one that takes it."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 0)


class Inventory:
    def __init__(self):
        self.lock = Lock()
        self.pieces = 0

    def count(self):
        with self.lock:
            return self.pieces

    def add(self, pieces):
        with self.lock:
            self.pieces = self.count() + pieces


def body():
    inventory = Inventory()
    threads = [Thread(target=inventory.add, args=(1,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
