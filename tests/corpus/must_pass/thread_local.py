"""Each thread has a count of its own."""

import threading

SMALL = True

local = threading.local()


def count():
    local.n = getattr(local, "n", 0) + 1
    local.n += 1
    assert local.n == 2


def body():
    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
