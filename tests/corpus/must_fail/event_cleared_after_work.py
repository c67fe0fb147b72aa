"""A request that comes between the work and `clear` is forgotten."""

from threading import Event, Thread

EXPECTED = ("AssertionError", 1)


class Worker:
    def __init__(self):
        self.wanted = Event()
        self.requests = []
        self.served = []

    def ask(self, request):
        self.requests.append(request)
        self.wanted.set()

    def serve(self):
        if self.wanted.is_set():
            while self.requests:
                self.served.append(self.requests.pop(0))
            self.wanted.clear()


def body():
    worker = Worker()
    worker.ask("first")
    threads = [Thread(target=worker.serve), Thread(target=worker.ask, args=("second",))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not worker.requests or worker.wanted.is_set()
