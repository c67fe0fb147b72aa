"""A lazy thread is started once."""

from threading import Lock, Thread

SMALL = True


class Service:
    def __init__(self):
        self.lock = Lock()
        self.thread = None
        self.runs = 0

    def run(self):
        self.runs += 1

    def ensure_started(self):
        with self.lock:
            if self.thread is None:
                self.thread = Thread(target=self.run)
                self.thread.start()


def body():
    service = Service()
    threads = [Thread(target=service.ensure_started) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    service.thread.join()
    assert service.runs == 1
