"""Two threads find a seat free and both take it."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    taken = set()
    winners = []

    def reserve(name):
        if "1A" not in taken:
            taken.add("1A")
            winners.append(name)

    threads = [Thread(target=reserve, args=(name,)) for name in ("ada", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(winners) == 1
