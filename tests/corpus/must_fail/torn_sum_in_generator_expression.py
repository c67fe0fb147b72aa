"""A generator expression adds up while another thread moves."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    cells = {"left": 50, "right": 50}
    totals = []

    def move():
        cells["left"] -= 10
        cells["right"] += 10

    def audit():
        totals.append(sum(cells[name] for name in ("left", "right")))

    threads = [Thread(target=move), Thread(target=audit)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [100]
