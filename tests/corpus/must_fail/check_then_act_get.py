"""`dict.get` finds nothing twice, so one registration is lost."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def listen(listeners, event, name):
    known = listeners.get(event)
    if known is None:
        known = listeners[event] = []
    known.append(name)


def body():
    listeners = {}
    threads = [Thread(target=listen, args=(listeners, "saved", name)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(listeners["saved"]) == ["a", "b"]
