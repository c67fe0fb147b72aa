"""A list that shrinks during a loop loses an item that nobody removed."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    listeners = ["a", "b", "c"]
    called = []

    def emit():
        for listener in listeners:
            called.append(listener)

    def unsubscribe():
        listeners.remove("a")

    threads = [Thread(target=emit), Thread(target=unsubscribe)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "b" in called
