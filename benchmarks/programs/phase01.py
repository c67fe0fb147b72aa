"""SCTBench phase01_bad: a thread ends and still owns a lock."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 0)


def work(x, y):
    x.acquire()
    x.release()
    x.acquire()
    y.acquire()
    y.release()
    y.acquire()
    y.release()


def body():
    x, y = Lock(), Lock()
    threads = [Thread(target=work, args=(x, y)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
