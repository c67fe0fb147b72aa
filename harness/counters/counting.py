"""Let threads count."""

from __future__ import annotations

import threading
from collections.abc import Callable

from harness.counters.expectation import Counter
from harness.errors import UsageError


def count(make_counter: Callable[[], Counter], threads: int, iterations: int) -> int:
    """Return what a new counter says after `threads` threads incremented it `iterations` times.

    Args:
        make_counter: makes the counter, like one of `harness.counters.CANDIDATES`.
        threads: how many threads count, from 1.
        iterations: how many times each of them increments, from 1.

    Raises:
        UsageError: for a number that is not a whole number from 1.
    """
    for name, number in (("threads", threads), ("iterations", iterations)):
        if type(number) is not int or number < 1:
            raise UsageError(f"count got {name}={number!r}. Give a whole number, 1 or greater.")
    counter = make_counter()
    workers = [
        threading.Thread(target=_increment, args=(counter, iterations)) for _ in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counter.value


def _increment(counter: Counter, iterations: int) -> None:
    for _ in range(iterations):
        counter.increment()
