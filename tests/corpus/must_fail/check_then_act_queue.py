"""`empty()` says nothing about the next moment."""

import queue
from threading import Thread

EXPECTED = ("Empty", 1)


def take(jobs):
    if not jobs.empty():
        jobs.get_nowait()


def body():
    jobs = queue.Queue()
    jobs.put("only one")
    threads = [Thread(target=take, args=(jobs,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
