"""A defaultdict calls its factory in two threads for the same key, and keeps one of the two.

The last one before 3.14, the first one since.
"""

from collections import defaultdict
from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    made = []

    def make():
        made.append(1)
        return []

    groups = defaultdict(make)
    threads = [Thread(target=lambda: groups["name"].append(1)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
