"""The writer does not wait for readers that are already in."""

from threading import Lock, Thread

EXPECTED = ("AssertionError", 1)


class Document:
    def __init__(self):
        self.writing = Lock()
        self.title = self.text = "old"

    def read(self):
        with self.writing:
            pass  # nobody writes now
        return self.title, self.text

    def write(self):
        with self.writing:
            self.title = "new"
            self.text = "new"


def body():
    document = Document()
    read = []
    threads = [Thread(target=lambda: read.append(document.read())), Thread(target=document.write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read[0] in (("old", "old"), ("new", "new"))
