"""A reader adds two lists up while an item moves from one to the other."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    waiting, running, seen = ["job"], [], []

    def start():
        job = waiting.pop()
        running.append(job)

    def list_all():
        seen.extend(waiting + running)

    threads = [Thread(target=start), Thread(target=list_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["job"]
