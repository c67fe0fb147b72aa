"""A timer runs out while its owner decides that it is not needed."""

from threading import Timer

EXPECTED = ("AssertionError", 2)


class Request:
    def __init__(self):
        self.state = "open"
        self.endings = []
        self.timer = Timer(5, self.expire)

    def expire(self):
        if self.state == "open":
            self.state = "expired"
            self.endings.append("expired")

    def answer(self):
        if self.state == "open":
            self.state = "answered"
            self.timer.cancel()
            self.endings.append("answered")


def body():
    request = Request()
    request.timer.start()
    request.answer()
    request.timer.join()
    assert len(request.endings) == 1
