"""SV-COMP read_write_lock: the writer looks whether anybody reads, and takes the lock only then."""

from threading import Thread

EXPECTED = ("AssertionError", 2)


class Shared:
    def __init__(self):
        self.writing = False
        self.reading = 0
        self.x = self.y = 0

    def write(self):
        if not self.writing and self.reading == 0:
            self.writing = True
            self.x = 3
            self.writing = False

    def read(self):
        if not self.writing:
            self.reading += 1
            seen = self.x
            self.y = seen
            assert self.y == self.x
            self.reading -= 1


def body():
    shared = Shared()
    threads = [
        Thread(target=target) for target in (shared.write, shared.read, shared.write, shared.read)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
