"""The attribute's name is computed, so it is read and written through functions."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Statistics:
    def __init__(self):
        self.gets = 0
        self.puts = 0


def count(statistics, name):
    setattr(statistics, name, getattr(statistics, name) + 1)


def body():
    statistics = Statistics()
    threads = [Thread(target=count, args=(statistics, "gets")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statistics.gets == 2
