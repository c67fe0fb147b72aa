"""SCTBench account_bad: the check's arithmetic is wrong, so it fails when it runs last."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 0)


class Account:
    def __init__(self):
        self.balance = 1
        self.deposited = self.withdrawn = False
        self.lock = Lock()

    def deposit(self):
        with self.lock:
            self.balance += 2
            self.deposited = True

    def withdraw(self):
        with self.lock:
            self.balance -= 3
            self.withdrawn = True

    def check(self):
        with self.lock:
            if self.deposited and self.withdrawn:
                assert self.balance == (1 - 2) - 3


def body():
    account = Account()
    threads = [Thread(target=each) for each in (account.deposit, account.withdraw, account.check)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
