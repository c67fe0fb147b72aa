"""The read is under the lock, the write is not."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Account:
    def __init__(self):
        self.lock = Lock()
        self.balance = 0

    def deposit(self, amount):
        with self.lock:
            balance = self.balance
        self.balance = balance + amount


def body():
    account = Account()
    threads = [Thread(target=account.deposit, args=(amount,)) for amount in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance == 3
