"""The counter is the only item of a list."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def increment(box):
    box[0] += 1


def body():
    box = [0]
    threads = [Thread(target=increment, args=(box,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert box == [2]
