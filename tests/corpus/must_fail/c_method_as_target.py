"""A thread runs a method of a list, which is C code, without any function around it."""

from threading import Thread

EXPECTED = ("IndexError", 1)


def last_of(items):
    if items:
        return items[-1]
    return None


def body():
    items = [1]
    threads = [Thread(target=last_of, args=(items,)), Thread(target=items.clear)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
