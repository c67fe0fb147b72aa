"""What most bodies in the tests do."""

from threading import Thread


def together(*targets):
    """Run each target in a thread of its own, and wait for all of them."""
    threads = [Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
