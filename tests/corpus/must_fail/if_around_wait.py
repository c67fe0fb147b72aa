"""A consumer does not look again after it was woken, and another one was faster."""

from threading import Condition, Thread

EXPECTED = ("IndexError", 1)


class Buffer:
    def __init__(self):
        self.filled = Condition()
        self.items = []

    def put(self, item):
        with self.filled:
            self.items.append(item)
            self.filled.notify()

    def get(self):
        with self.filled:
            if not self.items:
                self.filled.wait()
            return self.items.pop()


def body():
    buffer = Buffer()
    threads = [
        Thread(target=buffer.get),
        Thread(target=buffer.put, args=("item",)),
        Thread(target=buffer.get),
        Thread(target=buffer.put, args=("another",)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
