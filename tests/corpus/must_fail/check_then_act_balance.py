"""Two withdrawals are each allowed, together they are not."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Account:
    def __init__(self):
        self.lock = Lock()
        self.balance = 100

    def withdraw(self, amount):
        if self.balance >= amount:
            with self.lock:
                self.balance -= amount


def body():
    account = Account()
    threads = [Thread(target=account.withdraw, args=(80,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance >= 0
