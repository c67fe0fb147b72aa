"""The only instance is made under a lock that belongs to the class."""

from threading import Lock, Thread

SMALL = True


class Settings:
    _lock = Lock()
    _instance = None

    @classmethod
    def instance(cls):
        with cls._lock:
            if cls._instance is None:
                cls._instance = cls()
            return cls._instance


def body():
    got = []
    threads = [Thread(target=lambda: got.append(Settings.instance())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1]
