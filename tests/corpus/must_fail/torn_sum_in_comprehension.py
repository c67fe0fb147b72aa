"""A comprehension adds two balances up while money moves from one to the other."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Account:
    def __init__(self, balance):
        self.balance = balance


def transfer(source, target, amount):
    source.balance -= amount
    target.balance += amount


def body():
    accounts = [Account(50), Account(50)]
    totals = []
    mover = Thread(target=transfer, args=(*accounts, 10))
    auditor = Thread(target=lambda: totals.append(sum([a.balance for a in accounts])))
    mover.start()
    auditor.start()
    mover.join()
    auditor.join()
    assert totals == [100]
