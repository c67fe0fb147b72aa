"""Who does not get the second lock lets go of the first."""

from threading import Lock, Thread

SMALL = True


def body():
    a, b = Lock(), Lock()

    def use(first, second):
        with first:
            if second.acquire(blocking=False):
                second.release()

    threads = [Thread(target=use, args=(a, b)), Thread(target=use, args=(b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
