"""Three philosophers each take the left fork first."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 2)


class Table:
    def __init__(self, seats):
        self.forks = [Lock() for _ in range(seats)]
        self.meals = 0

    def dine(self, seat):
        left, right = self.forks[seat], self.forks[(seat + 1) % len(self.forks)]
        left.acquire()
        right.acquire()
        self.meals += 1
        right.release()
        left.release()


def body():
    table = Table(3)
    threads = [Thread(target=table.dine, args=(seat,)) for seat in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
