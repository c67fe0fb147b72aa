"""`join` waits until each item is done."""

import queue
from threading import Lock, Thread

SMALL = False


def body():
    jobs, lock, done = queue.Queue(), Lock(), []

    def work():
        while True:
            job = jobs.get()
            with lock:
                done.append(job)
            jobs.task_done()

    for _ in range(2):
        Thread(target=work, daemon=True).start()
    for job in (1, 2):
        jobs.put(job)
    jobs.join()
    assert sorted(done) == [1, 2]
