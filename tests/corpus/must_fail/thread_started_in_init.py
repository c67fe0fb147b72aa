"""The thread runs before the object that it belongs to is complete."""

from threading import Thread

EXPECTED = ("AttributeError", 1)


class Monitor:
    def __init__(self):
        self.thread = Thread(target=self.watch)
        self.thread.start()
        self.interval = 5

    def watch(self):
        self.next = self.interval


def body():
    monitor = Monitor()
    monitor.thread.join()
