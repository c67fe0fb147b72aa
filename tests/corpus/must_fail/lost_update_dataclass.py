"""Two threads take money from a dataclass."""

from dataclasses import dataclass
from threading import Thread

EXPECTED = ("AssertionError", 1)


@dataclass
class Account:
    balance: int = 100

    def withdraw(self, amount):
        self.balance -= amount


def body():
    account = Account()
    threads = [Thread(target=account.withdraw, args=(amount,)) for amount in (10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance == 70
