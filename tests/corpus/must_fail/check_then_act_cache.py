"""Two threads miss the cache and both compute."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    cache = {}
    computed = []

    def lookup(key):
        if key not in cache:
            computed.append(key)
            cache[key] = key * key
        return cache[key]

    threads = [Thread(target=lookup, args=(7,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert computed == [7]
