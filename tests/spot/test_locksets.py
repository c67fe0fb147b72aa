"""Which lock protects what, seen in one execution; what starts and joins order needs none."""

import re

import pytest

PROGRAM = """
from queue import Queue
from threading import Condition, Event, Lock, RLock, Semaphore, Thread

shared = 0
one = Lock()
other = RLock()
changed = Condition()
ready = Event()
items = Queue()


{functions}

threads = [Thread(target=first), Thread(target=second)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(shared)
"""


def evidence(harness, first, second):
    functions = "\n\n".join(
        f"def {name}():\n    global shared\n    " + body.replace("\n", "\n    ")
        for name, body in (("first", first), ("second", second))
    )
    harness.write("script.py", PROGRAM.format(functions=functions))
    done = harness.run("spot", "--executions", "1", "script.py", status=0)
    return re.findall(r"^  (`shared`: .*?) \(script.py", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("shared = 1", "pass", []),
        ("shared = 1", "shared = 1", ["`shared`: written by T1 and T2 under no common lock"]),
        ("shared = 0", "shared", ["`shared`: written by T1, read by T2, under no common lock"]),
        ("shared", "shared", []),
        ("with one:\n    shared = 1",) * 2 + (["`shared`: always under `one`"],),
        ("with other:\n    shared = 1",) * 2 + (["`shared`: always under `other`"],),
        ("with changed:\n    shared = 1",) * 2 + (["`shared`: always under `changed`"],),
        (
            "with one:\n    shared = 1",
            "with other:\n    shared = 1",
            ["`shared`: written by T1 and T2 under no common lock"],
        ),
        (
            "with one, other:\n    shared = 1",
            "with other:\n    shared = 1",
            ["`shared`: always under `other`"],
        ),
        ("shared = 1\nready.set()", "ready.wait()\nshared = 1", []),
        ("shared = 1\nitems.put(1)", "items.get()\nshared = 1", []),
    ],
)
def test_protection_of_a_global(harness, first, second, expected):
    assert evidence(harness, first, second) == expected


def test_reading_after_the_join_is_no_alarm_and_before_it_is_one(harness):
    text = """
        from threading import Thread

        results = {}

        def work():
            results["x"] = 1

        thread = Thread(target=work)
        thread.start()
        BEFORE
        thread.join()
        print(results["x"])
    """
    harness.write("joined.py", text.replace("BEFORE", ""))
    harness.write("early.py", text.replace("BEFORE", "results.get('x')"))

    joined = harness.spot("joined.py", status=0)
    early = harness.spot("early.py", status=0)

    assert "no location that one thread writes while another may be at it" in joined
    assert "`dict['x']`: written by T1, read by T0, under no common lock" in early


def test_evidence_does_not_contradict_the_execution_that_is_shown(harness):
    harness.write(
        "pool.py",
        """
        from concurrent.futures import ThreadPoolExecutor

        n = 0

        def bump():
            global n
            n += 1

        with ThreadPoolExecutor(2) as pool:  # one worker may do it all
            for _ in range(2):
                pool.submit(bump)
        print(n)
        """,
    )
    printed = harness.spot("pool.py", status=1)

    assert "Lost update: T1 and T2 both read n before either wrote" in printed
    assert "`n`: written by T1 and T2 under no common lock" in printed
    assert "no location that" not in printed
    assert "This is from one execution, and from the one that is shown below." in printed
