"""Inspect boundedBuffer: producers and consumers wait on one condition, and one notify wakes the wrong one."""

from threading import Condition, Thread

EXPECTED = ("DeadlockError", 2)
PER_THREAD = 1


class Buffer:
    def __init__(self):
        self.count = 0
        self.changed = Condition()

    def put(self):
        for _ in range(PER_THREAD):
            with self.changed:
                while self.count == 1:
                    self.changed.wait()
                self.count += 1
                self.changed.notify()

    def get(self):
        for _ in range(PER_THREAD):
            with self.changed:
                while self.count == 0:
                    self.changed.wait()
                self.count -= 1
                self.changed.notify()


def body():
    buffer = Buffer()
    threads = [Thread(target=target) for target in (buffer.put, buffer.put, buffer.get, buffer.get)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
