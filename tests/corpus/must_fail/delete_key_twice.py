"""Two threads find a key and both delete it."""

from threading import Thread

EXPECTED = ("KeyError", 1)


def log_out(sessions, user):
    if user in sessions:
        del sessions[user]


def body():
    sessions = {"ada": 1}
    threads = [Thread(target=log_out, args=(sessions, "ada")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
