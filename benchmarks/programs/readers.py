"""One writer and n readers of one cell: each reader sees the old value or the new one."""

from threading import Thread


class Shared:
    def __init__(self):
        self.x = 0

    def write(self):
        self.x = 1

    def read(self):
        return self.x


def readers(count):
    def body():
        shared = Shared()
        threads = [Thread(target=shared.write)]
        threads += [Thread(target=shared.read) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return body


body = readers(3)
