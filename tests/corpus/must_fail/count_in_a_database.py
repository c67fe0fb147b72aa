"""Two threads count in a database through one connection: each reads, and writes one more."""

import sqlite3
from threading import Thread

EXPECTED = ("AssertionError", 1)


def body():
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("create table counts (n)")
    connection.execute("insert into counts values (0)")

    def count():
        (number,) = connection.execute("select n from counts").fetchone()
        connection.execute("update counts set n = ?", (number + 1,))

    threads = [Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (total,) = connection.execute("select n from counts").fetchone()
    connection.close()
    assert total == 2
