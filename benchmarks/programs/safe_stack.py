"""misc safestack: Vyukov's lock-free stack, whose bug needs three threads and many preemptions."""

from threading import Lock, Thread

SIZE = 3


class Atomic:
    def __init__(self, value):
        self.value = value
        self._lock = Lock()

    def load(self):
        return self.value

    def add(self, amount):
        with self._lock:
            self.value += amount
            return self.value

    def exchange(self, value):
        with self._lock:
            old, self.value = self.value, value
            return old

    def compare_exchange(self, expected, value):
        with self._lock:
            if self.value != expected:
                return False
            self.value = value
            return True


class SafeStack:
    def __init__(self):
        self.head, self.count = Atomic(0), Atomic(SIZE)
        self.next = [Atomic(at + 1) for at in range(SIZE - 1)] + [Atomic(-1)]
        self.owner = [None] * SIZE

    def pop(self):
        for _ in range(4):
            if self.count.load() <= 1:
                return None
            head = self.head.load()
            following = self.next[head].exchange(-1)
            if following >= 0:
                if self.head.compare_exchange(head, following):
                    self.count.add(-1)
                    return head
                self.next[head].exchange(following)
        return None

    def push(self, index):
        head = self.head.load()
        self.next[index].exchange(head)
        while not self.head.compare_exchange(head, index):
            head = self.head.load()
            self.next[index].exchange(head)
        self.count.add(1)

    def work(self, name):
        for _ in range(2):
            index = self.pop()
            if index is not None:
                self.owner[index] = name
                assert self.owner[index] == name
                self.push(index)


def body():
    stack = SafeStack()
    threads = [Thread(target=stack.work, args=(name,)) for name in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
