"""A method that holds an RLock calls another one that takes it."""

from threading import RLock, Thread

SMALL = True


class Account:
    def __init__(self):
        self.lock = RLock()
        self.balance = 0

    def deposit(self, amount):
        with self.lock:
            self.balance += amount

    def deposit_twice(self, amount):
        with self.lock:
            self.deposit(amount)
            self.deposit(amount)


def body():
    account = Account()
    threads = [Thread(target=account.deposit_twice, args=(1,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance == 4
