"""SCTBench bluetooth_driver_bad: a request is let in after the driver has begun to stop."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Driver:
    def __init__(self):
        self.pending = 1
        self.stopping = self.idle = self.stopped = False
        self.lock = Lock()

    def enter(self):
        if self.stopping:
            return False
        with self.lock:
            self.pending += 1
        return True

    def leave(self):
        with self.lock:
            self.pending -= 1
            pending = self.pending
        if pending == 0:
            self.idle = True

    def request(self):
        if self.enter():
            assert not self.stopped
            self.leave()

    def stop(self):
        self.stopping = True
        self.leave()
        if self.idle:
            self.stopped = True


def body():
    driver = Driver()
    threads = [Thread(target=driver.request), Thread(target=driver.stop)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
