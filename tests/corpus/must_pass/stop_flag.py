"""A worker polls a flag and sleeps; a clock that does not pass by itself ends no loop early."""

import time
from threading import Event, Thread

SMALL = True


def body():
    stop = Event()
    rounds = []

    def work():
        while not stop.is_set():
            rounds.append(1)
            time.sleep(0.1)

    worker = Thread(target=work)
    worker.start()
    time.sleep(0.25)
    stop.set()
    worker.join()
    assert not worker.is_alive()
