"""A bounded buffer with two conditions on one lock."""

from threading import Condition, Lock, Thread

SMALL = True


class Buffer:
    def __init__(self):
        self.lock = Lock()
        self.filled = Condition(self.lock)
        self.emptied = Condition(self.lock)
        self.items = []

    def put(self, item):
        with self.lock:
            while self.items:
                self.emptied.wait()
            self.items.append(item)
            self.filled.notify()

    def get(self):
        with self.lock:
            while not self.items:
                self.filled.wait()
            item = self.items.pop()
            self.emptied.notify()
            return item


def body():
    buffer = Buffer()
    got = []
    producer = Thread(target=lambda: [buffer.put(item) for item in (1, 2)])
    consumer = Thread(target=lambda: got.extend(buffer.get() for _ in range(2)))
    producer.start()
    consumer.start()
    producer.join()
    consumer.join()
    assert got == [1, 2]
