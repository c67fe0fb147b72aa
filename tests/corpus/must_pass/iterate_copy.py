"""A loop goes through a copy while others change the original."""

from threading import Thread

SMALL = True


def body():
    users = {"ada": 1, "bob": 2}
    seen = []

    def look():
        for name in list(users):
            seen.append(name)

    def add():
        users["eve"] = 3

    threads = [Thread(target=look), Thread(target=add)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen[:2] == ["ada", "bob"]
