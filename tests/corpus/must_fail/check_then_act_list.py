"""Two threads see the last item and both pop."""

from threading import Thread

EXPECTED = ("IndexError", 1)


def take(items):
    if items:
        items.pop()


def body():
    items = ["last"]
    threads = [Thread(target=take, args=(items,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
