"""A one-time listener is called twice, because it is removed after the call."""

from threading import Thread

EXPECTED = ("ValueError", 1)


class Emitter:
    def __init__(self):
        self.once = []

    def emit(self):
        for listener in list(self.once):
            listener()
            if listener in self.once:
                self.once.remove(listener)


def body():
    emitter = Emitter()
    calls = []
    emitter.once.append(lambda: calls.append(1))
    threads = [Thread(target=emitter.emit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
