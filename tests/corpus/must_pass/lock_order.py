"""Two transfers in opposite directions take the locks in one order."""

from threading import Lock, Thread

SMALL = True


class Account:
    def __init__(self, number):
        self.number = number
        self.lock = Lock()
        self.balance = 10


def transfer(source, target, amount):
    first, second = sorted((source, target), key=lambda account: account.number)
    with first.lock, second.lock:
        source.balance -= amount
        target.balance += amount


def body():
    ours, theirs = Account(1), Account(2)
    threads = [
        Thread(target=transfer, args=(ours, theirs, 1)),
        Thread(target=transfer, args=(theirs, ours, 2)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ours.balance + theirs.balance == 20
