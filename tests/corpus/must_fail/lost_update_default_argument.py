"""A mutable default argument is shared by all callers."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def next_number(*, _last=[0]):  # noqa: B006  the point of this program
    _last[0] = _last[0] + 1
    return _last[0]


def body():
    numbers = []
    threads = [Thread(target=lambda: numbers.append(next_number())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 2
