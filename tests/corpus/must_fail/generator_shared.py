"""Two threads take numbers from one generator, which can run in one of them only."""

from threading import Thread

EXPECTED = ("ValueError", 1)


def numbers():
    number = 0
    while True:
        yield number
        number += 1


def body():
    shared, got = numbers(), []
    threads = [Thread(target=lambda: got.append(next(shared))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
