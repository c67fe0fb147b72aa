"""Each thread locks, but each has a lock of its own."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Stock:
    def __init__(self):
        self.pieces = 10


class Shop:
    def __init__(self, stock):
        self.stock = stock
        self.lock = Lock()

    def sell(self):
        with self.lock:
            self.stock.pieces -= 1


def body():
    stock = Stock()
    threads = [Thread(target=Shop(stock).sell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stock.pieces == 8
