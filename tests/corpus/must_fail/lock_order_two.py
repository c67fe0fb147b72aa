"""Two transfers in opposite directions take the same two locks in opposite orders."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 1)


class Account:
    def __init__(self, balance):
        self.lock = Lock()
        self.balance = balance


def transfer(source, target, amount):
    with source.lock, target.lock:
        source.balance -= amount
        target.balance += amount


def body():
    ours, theirs = Account(10), Account(10)
    threads = [
        Thread(target=transfer, args=(ours, theirs, 1)),
        Thread(target=transfer, args=(theirs, ours, 2)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
