"""Two consumers wait for the end, and one end is sent."""

import queue
from threading import Thread

EXPECTED = ("DeadlockError", 0)


def consume(jobs, done):
    while (job := jobs.get()) is not None:
        done.append(job)


def body():
    jobs, done = queue.Queue(), []
    threads = [Thread(target=consume, args=(jobs, done)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for job in (1, 2, None):
        jobs.put(job)
    for thread in threads:
        thread.join()
