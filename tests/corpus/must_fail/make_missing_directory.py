"""Two threads find that a directory is not there, and both make it."""

import os
import shutil
import tempfile
from threading import Thread

EXPECTED = ("FileExistsError", 1)


def body():
    directory = os.path.join(tempfile.gettempdir(), f"harness-test-{os.getpid()}")
    shutil.rmtree(directory, ignore_errors=True)

    def prepare():
        if not os.path.exists(directory):
            os.mkdir(directory)

    try:
        threads = [Thread(target=prepare) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        shutil.rmtree(directory)
