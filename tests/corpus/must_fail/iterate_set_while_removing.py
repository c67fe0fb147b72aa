"""One thread goes through a set that another one discards from."""

from threading import Thread

EXPECTED = ("RuntimeError", 1)


def body():
    rooms = {1, 2, 3}
    seen = []

    def look():
        for room in rooms:
            seen.append(room)

    threads = [Thread(target=look), Thread(target=lambda: rooms.discard(2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
