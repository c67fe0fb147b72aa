"""An item is set by what else there is for `d[key] = value`, and read by `dict.get(d, key)`."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    counts = {"n": 0, "huge": 10**5_000}

    def count():
        found = dict.get(counts, "n")
        assert counts["huge"]
        counts.__setitem__("n", found + 1)

    threads = [Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts["n"] == 2
