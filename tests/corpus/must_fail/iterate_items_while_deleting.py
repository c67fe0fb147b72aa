"""`items()` is a view, not a copy."""

from threading import Thread

EXPECTED = ("RuntimeError", 1)


class Registry:
    def __init__(self):
        self.entries = {"x": 1, "y": 2, "z": 3}

    def total(self):
        total = 0
        for _, value in self.entries.items():
            total += value
        return total

    def forget(self, name):
        del self.entries[name]


def body():
    registry = Registry()
    threads = [Thread(target=registry.total), Thread(target=registry.forget, args=("y",))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
