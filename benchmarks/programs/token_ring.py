"""SCTBench token_ring_bad: two of six orders keep the ring consistent."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Ring:
    def __init__(self):
        self.x1, self.x2, self.x3 = 1, 2, 1
        self.done = [False, False, False]
        self.lock = Lock()

    def first(self):
        with self.lock:
            self.x1 = (self.x3 + 1) % 4
            self.done[0] = True

    def second(self):
        with self.lock:
            self.x2 = self.x1
            self.done[1] = True

    def third(self):
        with self.lock:
            self.x3 = self.x2
            self.done[2] = True

    def look(self):
        with self.lock:
            if all(self.done):
                assert self.x1 == self.x2 == self.x3


def body():
    ring = Ring()
    for target in (ring.first, ring.second, ring.third, ring.look):
        Thread(target=target).start()
