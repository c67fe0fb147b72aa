"""A class made in a thread numbers itself in its body."""

from threading import Thread
from types import SimpleNamespace

EXPECTED = ("AssertionError", 1)


def body():
    registry = SimpleNamespace(last=0)
    made = []

    def declare():
        class Model:
            number = registry.last + 1
            registry.last = number

        made.append(Model.number)

    threads = [Thread(target=declare) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [1, 2]
