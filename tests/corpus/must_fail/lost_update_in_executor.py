"""Work handed to a pool runs on threads, too."""

from concurrent.futures import ThreadPoolExecutor

EXPECTED = ("AssertionError", 1)


class Progress:
    def __init__(self):
        self.done = 0

    def advance(self, _):
        self.done += 1


def body():
    progress = Progress()
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(progress.advance, range(2)))
    assert progress.done == 2
