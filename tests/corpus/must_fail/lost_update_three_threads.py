"""Three threads count one hit each through a method that reads, then writes."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Hits:
    total = 0

    def hit(self):
        seen = self.total
        self.total = seen + 1


def body():
    hits = Hits()
    threads = [Thread(target=hits.hit) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hits.total == 3
