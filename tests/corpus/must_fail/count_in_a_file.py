"""Two threads count in a file: each reads it, and writes one more."""

import tempfile
from pathlib import Path
from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "count")
        path.write_text("0")

        def increment():
            count = int(path.read_text())
            path.write_text(str(count + 1))

        threads = [Thread(target=increment) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert path.read_text() == "2"
