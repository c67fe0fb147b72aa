"""The barrier waits for three, and two come."""

from threading import Barrier, Thread

EXPECTED = ("DeadlockError", 0)


def body():
    barrier = Barrier(3)
    threads = [Thread(target=barrier.wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
