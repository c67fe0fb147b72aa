"""Peterson's algorithm keeps two threads apart without a lock, if nobody has to spin for long."""

from threading import Thread

SMALL = True


class Room:
    def __init__(self):
        self.wants = [False, False]
        self.turn = 0
        self.inside = 0

    def try_to_enter(self, me):
        self.wants[me] = True
        self.turn = 1 - me
        if not self.wants[1 - me] or self.turn == me:
            self.inside += 1
            assert self.inside == 1
            self.inside -= 1
        self.wants[me] = False


def body():
    room = Room()
    threads = [Thread(target=room.try_to_enter, args=(me,)) for me in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
