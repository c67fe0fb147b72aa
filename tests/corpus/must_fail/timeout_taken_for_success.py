"""`wait` says whether the event came, and nobody listens."""

from threading import Event, Thread
from types import SimpleNamespace

EXPECTED = ("AttributeError", 2)


def body():
    ready = Event()
    shared = SimpleNamespace()

    def prepare():
        shared.answer = 42
        ready.set()

    def use():
        ready.wait(timeout=1)
        assert shared.answer == 42

    threads = [Thread(target=prepare), Thread(target=use)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
