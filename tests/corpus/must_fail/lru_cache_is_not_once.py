"""A function under functools.cache makes the one object, but two threads may both be in it."""

from functools import cache
from threading import Thread

EXPECTED = ("AssertionError", 1)


class Connection:
    """Be something of which there is to be one."""


@cache
def connection():
    return Connection()


def body():
    connection.cache_clear()
    got = []
    threads = [Thread(target=lambda: got.append(connection())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1]
