"""A listener is called under the lock and takes a lock that others hold around that one."""

from threading import Lock, Thread

EXPECTED = ("DeadlockError", 1)


class Model:
    def __init__(self):
        self.lock = Lock()
        self.listener = None

    def change(self):
        with self.lock:
            self.listener()

    def read(self):
        with self.lock:
            return 1


class View:
    def __init__(self, model):
        self.lock = Lock()
        self.model = model

    def refresh(self):
        with self.lock:
            pass

    def draw(self):
        with self.lock:
            return self.model.read()


def body():
    model = Model()
    view = View(model)
    model.listener = view.refresh
    threads = [Thread(target=model.change), Thread(target=view.draw)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
