"""Whichever thread fills the cache, everybody gets the same value."""

from functools import lru_cache
from threading import Thread

SMALL = True


class Table:
    """Be something with a method whose results are kept."""

    @lru_cache(maxsize=8)  # noqa: B019  one that lives long does not matter here
    def square(self, number):
        return number * number


def body():
    table, got = Table(), []
    threads = [Thread(target=lambda: got.append(table.square(3))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [9, 9]
