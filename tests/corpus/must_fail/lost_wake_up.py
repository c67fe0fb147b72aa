"""The flag is looked at without the lock, so the notification can come before the wait."""

from threading import Condition, Thread

EXPECTED = ("DeadlockError", 1)


class Gate:
    def __init__(self):
        self.changed = Condition()
        self.open = False

    def wait(self):
        if not self.open:
            with self.changed:
                self.changed.wait()

    def release(self):
        self.open = True
        with self.changed:
            self.changed.notify_all()


def body():
    gate = Gate()
    waiter = Thread(target=gate.wait)
    opener = Thread(target=gate.release)
    waiter.start()
    opener.start()
    waiter.join()
    opener.join()
