"""Who does not get the lock in time does without."""

from threading import Lock, Thread

SMALL = True


def body():
    lock = Lock()
    results = []

    def work():
        if lock.acquire(timeout=1):
            results.append("done")
            lock.release()
        else:
            results.append("gave up")

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
