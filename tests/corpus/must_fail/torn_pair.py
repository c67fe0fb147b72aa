"""A reader sees one half of an update of two attributes."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Point:
    def __init__(self):
        self.x = 0
        self.y = 0

    def move(self, step):
        self.x += step
        self.y += step


def look(point):
    assert point.x == point.y


def body():
    point = Point()
    mover = Thread(target=point.move, args=(1,))
    reader = Thread(target=look, args=(point,))
    mover.start()
    reader.start()
    mover.join()
    reader.join()
