"""Three threads hold one lock each and want the next one's."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 2)


def use(first, second):
    with first:
        with second:
            pass


def body():
    a, b, c = Lock(), Lock(), Lock()
    threads = [Thread(target=use, args=pair) for pair in ((a, b), (b, c), (c, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
