"""CPython's own tests of locks, conditions, events, semaphores and barriers, under control.

Each test method is a body: under the empty interleaving and under random ones. What is left out,
and why, is in LEFT_OUT.
"""

import threading
import unittest

import pytest

lock_tests = pytest.importorskip("test.lock_tests", reason="this Python came without its own tests")
SEEDS = range(5)

LEFT_OUT = {
    ("ConditionAsRLockTests", "test_recursion_count"): "CPython leaves it out, too",
    ("ConditionAsRLockTests", "test_constructor_noargs"): "CPython leaves it out, too",
    ("EventTests", "test_set_and_clear"): (
        "it sleeps until the others should be waiting, and an interleaving may let them sleep longer; "
        "test_event.py has the same without a sleep"
    ),
    **{
        (case, name): "a controlled lock's repr has no address, so that traces are equal"
        for case in ("LockTests", "RLockTests", "ConditionAsRLockTests")
        for name in ("test_repr", "test_locked_repr")
    },
}


class LockTests(lock_tests.LockTests):
    __test__ = False  # only as bodies, below
    locktype = staticmethod(lambda: threading.Lock())


class RLockTests(lock_tests.RLockTests):
    __test__ = False  # only as bodies, below
    locktype = staticmethod(lambda *args, **kwargs: threading.RLock(*args, **kwargs))


class ConditionTests(lock_tests.ConditionTests):
    __test__ = False  # only as bodies, below
    condtype = staticmethod(lambda *args, **kwargs: threading.Condition(*args, **kwargs))


class ConditionAsRLockTests(lock_tests.RLockTests):
    __test__ = False  # only as bodies, below
    locktype = staticmethod(lambda *args, **kwargs: threading.Condition(*args, **kwargs))


class EventTests(lock_tests.EventTests):
    __test__ = False  # only as bodies, below
    eventtype = staticmethod(lambda: threading.Event())


class SemaphoreTests(lock_tests.SemaphoreTests):
    __test__ = False  # only as bodies, below
    semtype = staticmethod(lambda *args, **kwargs: threading.Semaphore(*args, **kwargs))


class BoundedSemaphoreTests(lock_tests.BoundedSemaphoreTests):
    __test__ = False  # only as bodies, below
    semtype = staticmethod(lambda *args, **kwargs: threading.BoundedSemaphore(*args, **kwargs))


class BarrierTests(lock_tests.BarrierTests):
    __test__ = False  # only as bodies, below
    barriertype = staticmethod(lambda *args, **kwargs: threading.Barrier(*args, **kwargs))


CASES = (
    *(LockTests, RLockTests, ConditionTests, ConditionAsRLockTests),
    *(EventTests, SemaphoreTests, BoundedSemaphoreTests, BarrierTests),
)
TESTS = [
    (case, name)
    for case in CASES
    for name in unittest.defaultTestLoader.getTestCaseNames(case)
    if (case.__name__, name) not in LEFT_OUT
]


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("case", "name"), TESTS, ids=[f"{case.__name__}-{name}" for case, name in TESTS]
)
def test_cpythons_own_test_passes(case, name, passes_under_control):
    passes_under_control(case, name, SEEDS)
