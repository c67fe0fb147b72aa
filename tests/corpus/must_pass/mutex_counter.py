"""The mutex owns the count, so nobody can forget to lock."""

from threading import Thread

from harness import Mutex

SMALL = True


def body():
    total = Mutex(0)

    def increment():
        with total.lock() as guard:
            guard.value += 1

    threads = [Thread(target=increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert total.into_inner() == 2
