"""`__new__` hands the one instance out, but two threads can both make it."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Registry:
    def __new__(cls):
        if not hasattr(cls, "only"):
            cls.only = super().__new__(cls)
        return cls.only


def body():
    got = []
    threads = [Thread(target=lambda: got.append(Registry())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1]
