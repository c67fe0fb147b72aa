"""Two threads take numbers from one generator."""

from threading import Thread

EXPECTED = ("ValueError", 1)


class Numbers:
    def __init__(self):
        self.last = 0

    def __iter__(self):
        while True:
            self.last += 1
            yield self.last


def body():
    numbers = iter(Numbers())
    got = []
    threads = [Thread(target=lambda: got.append(next(numbers))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
