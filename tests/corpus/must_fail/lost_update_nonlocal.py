"""The counter is a variable of the enclosing function."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    n = 0

    def increment():
        nonlocal n
        n += 1

    threads = [Thread(target=increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert n == 2
