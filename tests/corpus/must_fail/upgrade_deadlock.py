"""Two readers both wait for the other to leave before they write."""

from threading import Condition, Thread

EXPECTED = ("DeadlockError", 1)


class ReadersWriterLock:
    def __init__(self):
        self.changed = Condition()
        self.readers = 0

    def acquire_read(self):
        with self.changed:
            self.readers += 1

    def upgrade(self):
        with self.changed:
            while self.readers > 1:
                self.changed.wait()

    def release(self):
        with self.changed:
            self.readers -= 1
            self.changed.notify_all()


def update(lock):
    lock.acquire_read()
    lock.upgrade()
    lock.release()


def body():
    lock = ReadersWriterLock()
    threads = [Thread(target=update, args=(lock,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
