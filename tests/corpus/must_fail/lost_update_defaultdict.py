"""Two threads count events in one defaultdict."""

from collections import defaultdict
from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    counts = defaultdict(int)

    def record():
        counts["login"] += 1

    threads = [Thread(target=record) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts["login"] == 2
