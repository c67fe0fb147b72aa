"""The body sleeps long enough, it thinks."""

import time
from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    results = []

    def work():
        results.append("half")
        results.append("done")

    worker = Thread(target=work)
    worker.start()
    time.sleep(0.5)
    seen = list(results)
    worker.join()
    assert "done" in seen
