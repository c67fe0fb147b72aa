"""The answer is there before the event is set."""

from threading import Event, Thread
from types import SimpleNamespace

SMALL = True


def body():
    ready = Event()
    shared = SimpleNamespace()

    def prepare():
        shared.answer = 42
        ready.set()

    def use():
        assert ready.wait()
        assert shared.answer == 42

    threads = [Thread(target=use), Thread(target=prepare)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
