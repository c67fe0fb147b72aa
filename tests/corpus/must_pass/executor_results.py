"""Futures bring results and exceptions back."""

from concurrent.futures import ThreadPoolExecutor

SMALL = False


def invert(n):
    return 1 / n


def body():
    with ThreadPoolExecutor(max_workers=2) as pool:
        good, bad = pool.submit(invert, 2), pool.submit(invert, 0)
        assert good.result() == 0.5
        assert isinstance(bad.exception(), ZeroDivisionError)
