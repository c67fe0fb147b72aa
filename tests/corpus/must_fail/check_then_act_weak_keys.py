"""Two threads miss an object in a WeakKeyDictionary, and each makes what belongs to it."""

from threading import Thread
from weakref import WeakKeyDictionary

EXPECTED = ("AssertionError", 1)


class Owner:
    """Be what the cache is about."""


def body():
    owner, cache, got = Owner(), WeakKeyDictionary(), []

    def get():
        found = cache.get(owner)
        if found is None:
            found = cache[owner] = object()
        got.append(found)

    threads = [Thread(target=get) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1]
