"""Two threads miss a key in a dictionary that the standard library writes in Python."""

from collections import UserDict
from threading import Thread

EXPECTED = ("AssertionError", 1)


class Registry(UserDict):
    """Be a dictionary by name."""


def body():
    registry, made = Registry(), []

    def get():
        if "name" not in registry:
            made.append(1)
            registry["name"] = object()

    threads = [Thread(target=get) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
