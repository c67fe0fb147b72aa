"""SCTBench stack_bad: the flag that says "not empty" is never reset."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)
ROUNDS = 10


class Stack:
    def __init__(self):
        self.items = [0] * ROUNDS
        self.top = 0
        self.flag = False
        self.lock = Lock()

    def push_all(self):
        for i in range(ROUNDS):
            with self.lock:
                self.items[self.top] = i
                self.top += 1
                self.flag = True

    def pop_all(self):
        for _ in range(ROUNDS):
            with self.lock:
                if self.flag:
                    assert self.top > 0, "underflow"
                    self.top -= 1


def body():
    stack = Stack()
    threads = [Thread(target=stack.push_all), Thread(target=stack.pop_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
