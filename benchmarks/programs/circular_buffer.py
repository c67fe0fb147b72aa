"""SCTBench circular_buffer_bad: the receiver counts rounds, not the elements that it got."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 2)
SIZE = 7


class Buffer:
    def __init__(self):
        self.items = [0] * SIZE
        self.first = self.next = 0
        self.send, self.receive = True, False
        self.lock = Lock()

    def insert(self, value):
        self.items[self.next] = value
        self.next = (self.next + 1) % SIZE

    def remove(self):
        value = self.items[self.first]
        self.first = (self.first + 1) % SIZE
        return value

    def send_all(self):
        for i in range(SIZE):
            with self.lock:
                if self.send:
                    self.insert(i)
                    self.send, self.receive = False, True

    def receive_all(self):
        for i in range(SIZE):
            with self.lock:
                if self.receive:
                    assert self.remove() == i
                    self.send, self.receive = True, False


def body():
    buffer = Buffer()
    threads = [Thread(target=buffer.send_all), Thread(target=buffer.receive_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
