"""The racing code comes from a text."""

from threading import Thread

EXPECTED = ("AssertionError", 1)

PLUGIN = """
def handle(registry):
    registry["calls"] = registry["calls"] + 1
"""


def body():
    namespace = {"__name__": __name__, "__file__": __file__}
    exec(PLUGIN, namespace)
    registry = {"calls": 0}
    threads = [Thread(target=namespace["handle"], args=(registry,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert registry["calls"] == 2
