"""Two threads write through `vars()`."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


class Namespace:
    pass


def bump(namespace, name):
    fields = vars(namespace)
    fields[name] = fields[name] + 1


def body():
    namespace = Namespace()
    namespace.count = 0
    threads = [Thread(target=bump, args=(namespace, "count")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert namespace.count == 2
