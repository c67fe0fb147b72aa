"""SCTBench sync01_bad: the consumer forgets to decrement."""

from threading import Condition, Lock, Thread

EXPECTED = ("DeadlockError", 0)


class Shared:
    def __init__(self):
        self.num = 1
        self.lock = Lock()
        self.empty = Condition(self.lock)
        self.full = Condition(self.lock)


def produce(shared):
    with shared.lock:
        while shared.num > 0:
            shared.empty.wait()
        shared.num += 1
        shared.full.notify()


def consume(shared):
    with shared.lock:
        while shared.num == 0:
            shared.full.wait()
        shared.empty.notify()


def body():
    shared = Shared()
    threads = [Thread(target=produce, args=(shared,)), Thread(target=consume, args=(shared,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
