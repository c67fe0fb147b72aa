"""The length is right when it is looked at, and wrong when it is used."""

from threading import Thread

EXPECTED = ("IndexError", 1)


def last_of(items):
    if len(items) > 0:
        return items[-1]
    return None


def body():
    items = [1]
    threads = [Thread(target=last_of, args=(items,)), Thread(target=lambda: items.clear())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
