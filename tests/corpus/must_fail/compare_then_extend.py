"""Two threads find that a list equals the empty one, and both fill it."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    handlers = []

    def set_up():
        if handlers == []:
            handlers.append("console")

    threads = [Thread(target=set_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert handlers == ["console"]
