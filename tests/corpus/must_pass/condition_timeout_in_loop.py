"""A wait with a timeout looks at the state again, whatever woke it."""

from threading import Condition, Thread

SMALL = True


def body():
    changed = Condition()
    items = []

    def consume():
        with changed:
            while not items:
                changed.wait(timeout=0.1)
            items.pop()

    def produce():
        with changed:
            items.append(1)
            changed.notify()

    threads = [Thread(target=consume), Thread(target=produce)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not items
