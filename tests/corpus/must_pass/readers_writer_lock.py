"""Readers share, a writer is alone."""

from threading import Condition, Thread

SMALL = True


class ReadersWriterLock:
    def __init__(self):
        self.changed = Condition()
        self.readers = 0
        self.writing = False

    def acquire_read(self):
        with self.changed:
            while self.writing:
                self.changed.wait()
            self.readers += 1

    def release_read(self):
        with self.changed:
            self.readers -= 1
            self.changed.notify_all()

    def acquire_write(self):
        with self.changed:
            while self.writing or self.readers:
                self.changed.wait()
            self.writing = True

    def release_write(self):
        with self.changed:
            self.writing = False
            self.changed.notify_all()


class Document:
    def __init__(self):
        self.lock = ReadersWriterLock()
        self.title = self.text = "old"

    def read(self):
        self.lock.acquire_read()
        title, text = self.title, self.text
        self.lock.release_read()
        assert title == text

    def write(self):
        self.lock.acquire_write()
        self.title = "new"
        self.text = "new"
        self.lock.release_write()


def body():
    document = Document()
    threads = [Thread(target=document.read), Thread(target=document.write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
