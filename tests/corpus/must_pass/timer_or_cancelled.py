"""A timer ends a request unless the answer was first; both look under the lock."""

from threading import Lock, Timer

SMALL = True


class Request:
    def __init__(self):
        self.lock = Lock()
        self.endings = []
        self.timer = Timer(5, self.finish, args=("expired",))

    def finish(self, how):
        with self.lock:
            if not self.endings:
                self.endings.append(how)


def body():
    request = Request()
    request.timer.start()
    request.finish("answered")
    request.timer.cancel()
    request.timer.join()
    assert len(request.endings) == 1
