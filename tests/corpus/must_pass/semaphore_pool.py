"""A connection comes back whatever happens."""

from threading import Lock, Semaphore, Thread

SMALL = True


class Pool:
    def __init__(self):
        self.free = Semaphore(1)
        self.lock = Lock()
        self.used = self.most = 0

    def query(self, text):
        with self.free:
            self.used += 1
            self.most = max(self.most, self.used)
            self.used -= 1
            if not text:
                raise ValueError(text)


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
    assert pool.most == 1
