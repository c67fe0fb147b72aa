"""Two threads look for a file handle and both drop it."""

from threading import Thread

EXPECTED = ("AttributeError", 1)


class Connection:
    def __init__(self):
        self.handle = object()

    def close(self):
        if hasattr(self, "handle"):
            del self.handle


def body():
    connection = Connection()
    threads = [Thread(target=connection.close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
