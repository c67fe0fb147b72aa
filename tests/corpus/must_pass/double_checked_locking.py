"""The value is looked at again under the lock, and is published when it is complete."""

from threading import Lock, Thread

SMALL = True


class Lazy:
    def __init__(self):
        self.lock = Lock()
        self.value = None

    def get(self):
        if self.value is None:
            with self.lock:
                if self.value is None:
                    made = {"address": "localhost"}
                    self.value = made
        return self.value


def body():
    lazy = Lazy()
    got = []
    threads = [Thread(target=lambda: got.append(lazy.get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1]
    assert got[0]["address"] == "localhost"
