"""SCTBench queue_bad: a queue handed back and forth with flags, and rounds that are not elements."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 2)
SIZE = 5
EMPTY = -1


class Queue:
    def __init__(self):
        self.items = [0] * SIZE
        self.stored = [0] * SIZE
        self.head = self.tail = self.amount = 0
        self.may_enqueue, self.may_dequeue = True, False
        self.lock = Lock()

    def enqueue(self, value):
        self.items[self.tail] = value
        self.amount += 1
        self.tail = (self.tail + 1) % SIZE

    def dequeue(self):
        if self.amount == 0:
            return EMPTY
        value = self.items[self.head]
        self.amount -= 1
        self.head = (self.head + 1) % SIZE
        return value

    def produce(self):
        for i in range(SIZE):
            with self.lock:
                if self.may_enqueue:
                    self.enqueue(i * i + 1)
                    self.stored[i] = i * i + 1
                    self.may_enqueue, self.may_dequeue = False, True

    def consume(self):
        for i in range(SIZE):
            with self.lock:
                if self.may_dequeue:
                    assert self.dequeue() == self.stored[i]
                    self.may_enqueue, self.may_dequeue = True, False


def body():
    queue = Queue()
    threads = [Thread(target=queue.produce), Thread(target=queue.consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
