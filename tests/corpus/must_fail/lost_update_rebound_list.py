"""Each thread replaces the list by a longer copy."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Log:
    def __init__(self):
        self.lines = []

    def add(self, line):
        self.lines = [*self.lines, line]


def body():
    log = Log()
    threads = [Thread(target=log.add, args=(line,)) for line in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(log.lines) == ["one", "two"]
