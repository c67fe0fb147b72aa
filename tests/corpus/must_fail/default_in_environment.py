"""Two threads find that a variable is not set, and both set it."""

import os
from threading import Thread

EXPECTED = ("AssertionError", 1)
NAME = "HARNESS_TEST_DEFAULT"


def body():
    os.environ.pop(NAME, None)
    set_by = []

    def set_default(value):
        if NAME not in os.environ:
            os.environ[NAME] = value
            set_by.append(value)

    try:
        threads = [Thread(target=set_default, args=(value,)) for value in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set_by == [os.environ[NAME]]
    finally:
        del os.environ[NAME]
