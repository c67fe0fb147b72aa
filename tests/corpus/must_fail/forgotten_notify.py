"""The consumer waits for a word that nobody says."""

from threading import Condition, Thread

EXPECTED = ("DeadlockError", 0)


def body():
    filled = Condition()
    items = []

    def consume():
        with filled:
            while not items:
                filled.wait()

    def produce():
        with filled:
            items.append(1)

    threads = [Thread(target=consume), Thread(target=produce)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
