"""CB stringbuffer-jdk1.4: append asks for the length, and the other buffer is cut before it copies."""

from threading import Lock, Thread

EXPECTED = ("IndexError", 1)


class StringBuffer:
    def __init__(self, text):
        self.text = text
        self.lock = Lock()

    def length(self):
        with self.lock:
            return len(self.text)

    def characters(self, end):
        with self.lock:
            if end > len(self.text):
                raise IndexError(end)
            return self.text[:end]

    def set_length(self, length):
        with self.lock:
            self.text = self.text[:length]

    def append(self, other):
        with self.lock:
            length = other.length()
            self.text += other.characters(length)


def body():
    one, other = StringBuffer("abc"), StringBuffer("def")
    threads = [
        Thread(target=one.append, args=(other,)),
        Thread(target=other.set_length, args=(0,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
