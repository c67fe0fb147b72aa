"""SCTBench deadlock01_bad: AB-BA."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 1)


class Shared:
    def __init__(self):
        self.a, self.b = Lock(), Lock()
        self.counter = 1

    def up(self):
        self.a.acquire()
        self.b.acquire()
        self.counter += 1
        self.b.release()
        self.a.release()

    def down(self):
        self.b.acquire()
        self.a.acquire()
        self.counter -= 1
        self.a.release()
        self.b.release()


def body():
    shared = Shared()
    threads = [Thread(target=shared.up), Thread(target=shared.down)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
