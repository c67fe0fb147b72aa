"""A program that fails in some interleavings; run as a script it prints what it did.

It goes through sets of texts, whose order depends on the hash seed, but only inside one task.
"""

import json
import sys
from threading import Lock, Thread

WORDS = ("ada", "bob", "eve", "kim")


class Ledger:
    def __init__(self):
        self.lock = Lock()
        self.total = 0
        self.names = set()

    def book(self, amount):
        for word in sorted({*WORDS}):
            self.names.add(word)
        with self.lock:
            before = self.total
        self.total = before + amount


def body():
    ledger = Ledger()
    threads = [Thread(target=ledger.book, args=(amount,)) for amount in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.total == 3


def main():
    from harness import Interleaving, explore, run

    exploration = explore(body, search="random", seed=11)
    execution = run(body, Interleaving.parse("T1@9>T2 T2@12>T1"))
    print(
        json.dumps(
            {
                "executions": exploration.executions,
                "token": exploration.failure.token,
                "report": str(exploration.failure),
                "trace": repr((execution.trace.steps, execution.trace.tasks)),
                "interleaving": str(execution.interleaving),
            }
        )
    )


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main()
