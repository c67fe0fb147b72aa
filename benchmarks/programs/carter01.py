"""SCTBench carter01_bad: the first of a group takes a lock for it, in an order that can deadlock."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 1)


class Shared:
    def __init__(self):
        self.a = self.b = 0
        self.m, self.l = Lock(), Lock()

    def first(self):
        self.m.acquire()
        self.a += 1
        if self.a == 1:
            self.l.acquire()
        self.m.release()
        self.m.acquire()
        self.a -= 1
        if self.a == 0:
            self.l.release()
        self.m.release()

    def second(self):
        self.m.acquire()
        self.b += 1
        if self.b == 1:
            self.l.acquire()
        self.m.release()
        self.m.acquire()
        self.b -= 1
        if self.b == 0:
            self.l.release()
        self.m.release()


def do_nothing():
    pass


def body():
    shared = Shared()
    targets = (shared.first, shared.second, do_nothing, do_nothing)
    threads = [Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
