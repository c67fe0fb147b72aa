"""The counter is a global, which the harness puts back after each execution."""

import threading

EXPECTED = ("AssertionError", 1)

hits = 0


def hit():
    global hits
    hits += 1


def body():
    before = hits
    threads = [threading.Thread(target=hit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hits == before + 2
