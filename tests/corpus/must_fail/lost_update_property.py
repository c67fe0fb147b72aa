"""A property that reads and writes under a lock makes no `+=` of two steps one."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Gauge:
    def __init__(self):
        self._lock = Lock()
        self._level = 0

    @property
    def level(self):
        with self._lock:
            return self._level

    @level.setter
    def level(self, level):
        with self._lock:
            self._level = level


def rise(gauge):
    gauge.level += 1


def body():
    gauge = Gauge()
    threads = [Thread(target=rise, args=(gauge,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gauge.level == 2
