"""A reader has looked that the file is open, and then it is closed."""

from threading import Thread

EXPECTED = ("ValueError", 1)


class Store:
    def __init__(self):
        self.open = True

    def read(self):
        if self.open:
            return self.fetch()
        return None

    def fetch(self):
        if not self.open:
            raise ValueError("store is closed")
        return 1

    def close(self):
        self.open = False


def body():
    store = Store()
    threads = [Thread(target=store.read), Thread(target=store.close)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
