"""A list gets an item while another thread sorts it by a key that is a function."""

from threading import Thread

EXPECTED = ("ValueError", 1)


def body():
    items = [(3, "c"), (1, "a"), (2, "b")]
    sort = Thread(target=lambda: items.sort(key=lambda item: item[1]))
    append = Thread(target=lambda: items.append((0, "")))
    sort.start()
    append.start()
    sort.join()
    append.join()
