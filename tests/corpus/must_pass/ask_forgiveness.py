"""Whoever comes too late finds nothing and says so."""

from collections import deque
from threading import Thread

SMALL = True


def body():
    jobs, done = deque([1]), []

    def work():
        try:
            done.append(jobs.popleft())
        except IndexError:
            done.append(None)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=str) == [1, None]
