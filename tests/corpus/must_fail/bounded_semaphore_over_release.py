"""A slot is given back by the one who closes and by the one who cleans up."""

from threading import BoundedSemaphore, Thread

EXPECTED = ("ValueError", 1)


class Slot:
    def __init__(self):
        self.slots = BoundedSemaphore(1)
        self.slots.acquire()
        self.open = True

    def close(self):
        if self.open:
            self.slots.release()
            self.open = False


def body():
    slot = Slot()
    threads = [Thread(target=slot.close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
