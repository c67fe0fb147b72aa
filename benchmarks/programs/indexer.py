"""POPL 2014 indexer: threads insert keys into a hash table; only from the twelfth on do any collide."""

from threading import Lock, Thread

KEYS = 4
SLOTS = 128


class Slot:
    def __init__(self):
        self.lock = Lock()
        self.key = 0

    def put_if_free(self, key):
        with self.lock:
            if self.key:
                return False
            self.key = key
            return True


def insert_all(table, number):
    for m in range(1, KEYS + 1):
        key = m * 11 + number
        at = (key * 7) % SLOTS
        while not table[at].put_if_free(key):
            at = (at + 1) % SLOTS


def indexer(threads):
    def body():
        table = tuple(Slot() for _ in range(SLOTS))
        workers = [Thread(target=insert_all, args=(table, number)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    return body


body = indexer(12)
