"""Two workers drain a deque without a lock."""

from collections import deque
from threading import Thread

EXPECTED = ("IndexError", 1)


def drain(jobs, done):
    while jobs:
        done.append(jobs.popleft())


def body():
    jobs, done = deque([1, 2]), []
    threads = [Thread(target=drain, args=(jobs, done)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
