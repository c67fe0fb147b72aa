"""Each thread writes an item of its own, and the body reads after the join."""

from threading import Thread

SMALL = True


def body():
    results = {}

    def work(n):
        results[n] = n * n

    threads = [Thread(target=work, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {1: 1, 2: 4}
