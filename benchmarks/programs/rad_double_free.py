"""RADBench, the shape of a Mozilla bug: a reference is dropped between the test and its use."""

from threading import Lock, Thread

EXPECTED = ("AttributeError", 1)


class Runtime:
    def __init__(self):
        self.lock = Lock()
        self.context = self
        self.users = 2
        self.swept = 0

    def sweep(self):
        with self.lock:
            self.swept += 1

    def use(self):
        if self.context is not None:
            self.context.sweep()

    def leave(self):
        with self.lock:
            self.users -= 1
        if self.users == 1:
            self.context = None


def body():
    runtime = Runtime()
    threads = [Thread(target=target) for target in (runtime.use, runtime.leave, runtime.use)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
