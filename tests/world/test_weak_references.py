"""What only weak references lead to dies when it would die without the harness."""

import weakref
from threading import Lock

import pytest
from together import together

from harness import explore

LOCKS = weakref.WeakValueDictionary()


class Named:
    """Share a lock with everybody who has the same name, as long as there is somebody."""

    def __init__(self, name):
        if name in LOCKS:
            self.lock = LOCKS[name]
        else:
            self.lock = LOCKS[name] = Lock()


class Registered:
    """Keep a lock for each name by one call."""

    def __init__(self, name):
        self.lock = LOCKS.setdefault(name, Lock())


def at_a_time(kind=Named):
    inside, most = [], []

    def work():
        with kind("name").lock:
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    together(work, work)
    return max(most)


@pytest.mark.parametrize("search", ["auto", "random", "exhaustive"])
def test_each_execution_begins_without_the_locks_of_the_last_one(search):
    known = []

    def body():
        known.append(len(LOCKS))
        at_a_time()

    explore(body, search=search, executions=50, stop_at_failure=False)

    assert set(known) == {0}


@pytest.mark.parametrize("kind", [Named, Registered])
def test_two_locks_of_one_name_are_found(kind):
    def body():
        assert at_a_time(kind) == 1

    assert explore(body).verdict == "violated"
