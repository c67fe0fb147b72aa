"""One thread goes through `__dict__`, the other through the attribute."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Options:
    def __init__(self):
        self.level = 0


def body():
    options = Options()

    def through_the_dict():
        options.__dict__["level"] = options.__dict__["level"] + 1

    def through_the_attribute():
        options.level += 1

    threads = [Thread(target=through_the_dict), Thread(target=through_the_attribute)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert options.level == 2
