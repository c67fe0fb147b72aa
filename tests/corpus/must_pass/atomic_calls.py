"""One call of C code is one step: `append`, `setdefault`, `pop` with a default, `next`."""

import itertools
from threading import Thread

SMALL = True


def body():
    items, table, numbers, got = [], {"left": 1}, itertools.count(), []

    def work():
        items.append(1)
        table.setdefault("made", object())
        table.pop("left", None)
        got.append(next(numbers))

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert items == [1, 1]
    assert sorted(got) == [0, 1]
    assert list(table) == ["made"]
