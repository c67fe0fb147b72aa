"""`wait_for` looks at the predicate before and after."""

from threading import Condition, Thread

SMALL = True


def body():
    changed = Condition()
    state = {"ready": False}

    def wait():
        with changed:
            changed.wait_for(lambda: state["ready"])
            assert state["ready"]

    def announce():
        with changed:
            state["ready"] = True
            changed.notify_all()

    threads = [Thread(target=wait), Thread(target=announce)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
