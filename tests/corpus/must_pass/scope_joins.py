"""A scope joins its threads, so the sum is read after all of them."""

from harness import Mutex, scope

SMALL = True


def body():
    total = Mutex(0)

    def add(amount):
        with total.lock() as guard:
            guard.value += amount

    with scope() as threads:
        threads.spawn(add, 1)
        threads.spawn(add, 2)
    assert total.into_inner() == 3
