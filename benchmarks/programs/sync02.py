"""SCTBench sync02_bad: items that were there at the start are not accounted for."""

from threading import Condition, Lock, Thread

EXPECTED = ("DeadlockError", 0)
ROUNDS = 2


class Shared:
    def __init__(self):
        self.num = 2
        self.lock = Lock()
        self.empty = Condition(self.lock)
        self.full = Condition(self.lock)


def produce(shared):
    for _ in range(ROUNDS):
        with shared.lock:
            while shared.num > 0:
                shared.empty.wait()
            shared.num += 1
            shared.full.notify()


def consume(shared):
    for _ in range(ROUNDS):
        with shared.lock:
            while shared.num == 0:
                shared.full.wait()
            shared.num -= 1
            shared.empty.notify()


def body():
    shared = Shared()
    threads = [Thread(target=produce, args=(shared,)), Thread(target=consume, args=(shared,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
