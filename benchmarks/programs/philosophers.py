"""SCTBench din_phil_sat: every philosopher takes the left fork first."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 2)


def dine(left, right):
    left.acquire()
    right.acquire()
    right.release()
    left.release()


def philosophers(seats):
    def body():
        forks = [Lock() for _ in range(seats)]
        threads = [
            Thread(target=dine, args=(forks[seat], forks[(seat + 1) % seats]))
            for seat in range(seats)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return body


body = philosophers(3)
