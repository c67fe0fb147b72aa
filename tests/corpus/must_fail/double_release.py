"""Two threads find the lock held and both release it."""

from threading import Lock, Thread

EXPECTED = ("RuntimeError", 1)


def unlock(lock):
    if lock.locked():
        lock.release()


def body():
    lock = Lock()
    lock.acquire()
    threads = [Thread(target=unlock, args=(lock,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
