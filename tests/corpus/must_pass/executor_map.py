"""A pool maps a pure function."""

from concurrent.futures import ThreadPoolExecutor

SMALL = False


def square(n):
    return n * n


def body():
    with ThreadPoolExecutor(max_workers=2) as pool:
        assert list(pool.map(square, range(3))) == [0, 1, 4]
