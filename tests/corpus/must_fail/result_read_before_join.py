"""The body reads the result without waiting for the worker."""

from threading import Thread

EXPECTED = ("AssertionError", 0)


def body():
    results = []
    worker = Thread(target=lambda: results.append(1))
    worker.start()
    seen = list(results)
    worker.join()
    assert seen == [1]
