"""An exception skips the release, so nobody gets the connection any more."""

from threading import Semaphore, Thread

EXPECTED = ("DeadlockError", 0)


class Pool:
    def __init__(self):
        self.free = Semaphore(1)

    def query(self, text):
        self.free.acquire()
        if not text:
            raise ValueError(text)
        self.free.release()


def ask(pool, text):
    try:
        pool.query(text)
    except ValueError:
        pass


def body():
    pool = Pool()
    threads = [Thread(target=ask, args=(pool, text)) for text in ("", "select 1")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
