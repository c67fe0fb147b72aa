"""Each thread has a count of its own, whatever the others count."""

import threading

SMALL = True

local = threading.local()
lock = threading.Lock()


def count(counts):
    local.n = getattr(local, "n", 0) + 1
    with lock:
        local.n += 1
    counts.append(local.n)


def body():
    counts = []
    threads = [threading.Thread(target=count, args=(counts,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [2, 2]
