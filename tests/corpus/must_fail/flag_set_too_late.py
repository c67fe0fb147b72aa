"""Each thread looks at the other's flag before it raises its own."""

from threading import Thread

EXPECTED = ("AssertionError", 2)


class Room:
    def __init__(self):
        self.wants = [False, False]
        self.inside = 0
        self.most = 0

    def enter(self, me):
        if not self.wants[1 - me]:
            self.wants[me] = True
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.inside -= 1
            self.wants[me] = False


def body():
    room = Room()
    threads = [Thread(target=room.enter, args=(me,)) for me in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert room.most <= 1
