"""Two threads each make the only instance."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Settings:
    _instance = None

    @classmethod
    def instance(cls):
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
