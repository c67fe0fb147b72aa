"""A frozen dataclass fills a field in when it is first asked, through object.__setattr__."""

from dataclasses import dataclass
from threading import Thread

EXPECTED = ("AssertionError", 1)


@dataclass(frozen=True)
class Point:
    x: int = 1

    def area(self):
        try:
            return object.__getattribute__(self, "_area")
        except AttributeError:
            object.__setattr__(self, "_area", [self.x])
            return self._area


def body():
    point, got = Point(), []
    threads = [Thread(target=lambda: got.append(point.area())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1]
