"""One thread goes through a dict that another one adds to."""

from threading import Thread

EXPECTED = ("RuntimeError", 1)


def body():
    users = {"ada": 1, "bob": 2}
    threads = [
        Thread(target=lambda: [users[name] for name in users]),
        Thread(target=lambda: users.update(eve=3)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
