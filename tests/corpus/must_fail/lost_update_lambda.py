"""The accesses are in lambdas."""

from threading import Thread
from types import SimpleNamespace

EXPECTED = ("AssertionError", 1)


def body():
    state = SimpleNamespace(n=0)
    increment = lambda: setattr(state, "n", state.n + 1)  # noqa: E731
    threads = [Thread(target=increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state.n == 2
