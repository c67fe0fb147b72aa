"""The body joins a worker while it holds the lock that the worker needs."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 0)


def body():
    lock = Lock()
    results = []

    def work():
        with lock:
            results.append(1)

    worker = Thread(target=work)
    with lock:
        worker.start()
        worker.join()
