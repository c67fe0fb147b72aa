"""Programs that the tests of the plugin give to pytest, each in a process of its own."""

import os
import sys

import pytest

BANK = """
import threading

class Counter:
    value = 0

    def add(self):
        seen = self.value
        self.value = seen + 1

def run(function, threads=2):
    started = [threading.Thread(target=function) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()

def count(threads=2, rounds=1, guard=None):
    counter = Counter()

    def work():
        for _ in range(rounds):
            if guard is None:
                counter.add()
            else:
                with guard:
                    counter.add()

    run(work, threads)
    assert counter.value == threads * rounds

def count_safely():
    count(guard=threading.Lock())

def lock_crosswise():
    a, b = threading.Lock(), threading.Lock()

    def work(first, second):
        with first, second:
            pass

    threads = [threading.Thread(target=work, args=pair) for pair in ((a, b), (b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""

SLOW_PLUGINS = ("asyncio", "django", "hypothesispytest", "syrupy")


@pytest.fixture(autouse=True)
def no_options_from_outside(monkeypatch):
    for name in [*os.environ]:
        if name.startswith(("HARNESS_", "PYTEST_", "HYPOTHESIS_")) or name == "CI":
            monkeypatch.delenv(name)


@pytest.fixture
def run_tests(pytester):
    """Run pytest on a test module that has the functions of BANK, and return what it did."""
    pytester.makepyfile(bank=BANK)

    def run_tests(source, *arguments, with_plugin=None, stdin=b""):
        pytester.makepyfile(
            test_it=f"import threading\nimport pytest\nfrom bank import *\n{source}"
        )
        options = [f"-pno:{name}" for name in SLOW_PLUGINS if name != with_plugin]
        command = (sys.executable, "-m", "pytest", "--basetemp=basetemp", *options, *arguments)
        return pytester.run(*command, stdin=stdin)

    run_tests.pytester = pytester
    return run_tests
