"""SCTBench arithmetic_prog_bad: a producer and a consumer whose sum is never wrong."""

from threading import Condition, Lock, Thread

EXPECTED = ("AssertionError", 0)
ROUNDS = 3


class Shared:
    def __init__(self):
        self.num = self.total = 0
        self.flag = False
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
    for j in range(ROUNDS):
        with shared.lock:
            while shared.num == 0:
                shared.full.wait()
            shared.total += j
            shared.num -= 1
            shared.empty.notify()
    shared.total += ROUNDS
    shared.flag = True


def body():
    shared = Shared()
    threads = [Thread(target=produce, args=(shared,)), Thread(target=consume, args=(shared,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if shared.flag:
        assert shared.total != ROUNDS * (ROUNDS + 1) // 2
