"""Two stages hand items on through queues, and an end mark after them."""

import queue
from threading import Thread

SMALL = False


def double(source, target):
    while (item := source.get()) is not None:
        target.put(item * 2)
    target.put(None)


def body():
    raw, doubled, done = queue.Queue(), queue.Queue(maxsize=1), []
    stage = Thread(target=double, args=(raw, doubled))
    sink = Thread(target=lambda: done.extend(iter(doubled.get, None)))
    stage.start()
    sink.start()
    for item in (1, 2, None):
        raw.put(item)
    stage.join()
    sink.join()
    assert done == [2, 4]
