"""The counter is an attribute of the class."""

import threading

EXPECTED = ("AssertionError", 1)


class Session:
    opened = 0

    @classmethod
    def open(cls):
        cls.opened += 1


def body():
    threads = [threading.Thread(target=Session.open) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Session.opened == 2
