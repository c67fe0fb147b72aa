"""The object is published under the lock, and filled after that."""

from threading import Lock, Thread

EXPECTED = ("AttributeError", 1)


class Client:
    pass


class Lazy:
    def __init__(self):
        self.lock = Lock()
        self.client = None

    def get(self):
        if self.client is None:
            with self.lock:
                if self.client is None:
                    self.client = Client()
                    self.client.address = "localhost"
        return self.client.address


def body():
    lazy = Lazy()
    threads = [Thread(target=lazy.get) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
