"""CHESS WorkStealQueue: a push that takes one slot too many overwrites an item."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 2)
ITEMS = 4
ATTEMPTS = 2


class WorkStealQueue:
    def __init__(self, capacity):
        self.head = self.tail = 0
        self.mask = capacity - 1
        self.items = [None] * capacity
        self.lock = Lock()

    def push(self, item):
        tail = self.tail
        if tail < self.head + self.mask + 1:  # the injected bug: + 1
            self.items[tail & self.mask] = item
            self.tail = tail + 1
            return
        with self.lock:
            head = self.head
            count = tail - head
            head &= self.mask
            self.head = head
            self.tail = head + count
            if count >= self.mask:
                size = self.mask + 1
                grown = [None] * (size * 2)
                for i in range(count):
                    grown[i] = self.items[(head + i) & self.mask]
                self.items = grown
                self.mask = size * 2 - 1
                self.head = 0
                self.tail = count
            tail = self.tail
            self.items[tail & self.mask] = item
            self.tail = tail + 1

    def pop(self):
        tail = self.tail - 1
        self.tail = tail
        if self.head <= tail:
            return self.items[tail & self.mask]
        self.tail = tail + 1
        with self.lock:
            tail = self.tail - 1
            self.tail = tail
            if self.head <= tail:
                return self.items[tail & self.mask]
            self.tail = tail + 1
            if self.head > tail:
                self.head = self.tail = 0
        return None

    def steal(self):
        with self.lock:
            head = self.head
            self.head = head + 1
            if head < self.tail:
                return self.items[head & self.mask]
            self.head = head
        return None


class Item:
    def __init__(self):
        self.taken = 0

    def take(self):
        self.taken += 1


def body():
    queue = WorkStealQueue(2)
    items = [Item() for _ in range(ITEMS)]

    def steal():
        for _ in range(ATTEMPTS):
            item = queue.steal()
            if item is not None:
                item.take()

    def pop():
        item = queue.pop()
        if item is not None:
            item.take()

    stealer = Thread(target=steal)
    stealer.start()
    for i in range(0, ITEMS, 2):
        queue.push(items[i])
        queue.push(items[i + 1])
        pop()
    for _ in range(ITEMS // 2):
        pop()
    stealer.join()
    assert [item.taken for item in items] == [1] * ITEMS
