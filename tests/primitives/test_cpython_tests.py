"""CPython's own tests of queues, futures, executors, threads, locals and `sched`, under control.

Each test method is a body, as in test_cpython_lock_tests.py: under the empty interleaving and under
random ones. docs/compatibility.md has the table of what is left out, and why.
"""

import importlib
import unittest

import pytest

pytest.importorskip("test.lock_tests", reason="this Python came without its own tests")
SEEDS = range(3)

CASES = {
    "test.test_queue": (
        *("PyQueueTest", "CQueueTest", "PyLifoQueueTest", "CLifoQueueTest", "PyPriorityQueueTest"),
        *("CPriorityQueueTest", "PyFailingQueueTest", "CFailingQueueTest", "PySimpleQueueTest"),
    ),
    "test.test_concurrent_futures.test_future": ("FutureTests",),
    "test.test_threading": ("TimerTests", "ThreadingExceptionTests"),
    "test.test_threading_local": ("ThreadLocalTest", "PyThreadingLocalTest"),
    "test.test_thread": ("ThreadRunningTests", "BarrierTest", "LockTests"),
    "test.test_sched": ("TestCase",),
}
LEFT_OUT = {
    "test_shutdown_all_methods_in_many_threads": "dozens of threads that poll: too long at random",
    "test_shutdown_immediate_all_methods_in_many_threads": "the same",
    "test_many_threads_nonblock": "fifty threads that poll: too long at random",
    "test_many_threads": "fifty threads: too long at random",
    "test_many_threads_timeout": "fifty threads: too long at random",
    "test_done_callback_raises": "it reads what logging prints, which pytest takes over",
    "test_done_callback_raises_already_succeeded": "the same",
    "test_print_exception_gh_102056": "it starts another interpreter",
    "test_local_refs": "it counts references that the scheduler holds until the execution ends",
    "test_unraisable_exception": "an exception in a thread is the execution's outcome",
    "test_locked_repr": "a controlled lock's repr has no address, so that traces are equal",
    "test_repr": "a controlled lock's repr has no address, so that traces are equal",
    "test_join_from_self": "_thread.start_joinable_thread is for the threading module alone",
    "test_join_then_self_join": "_thread.start_joinable_thread is for the threading module alone",
    "test_join_with_timeout": "_thread.start_joinable_thread is for the threading module alone",
}


def found():
    """Return all tests, as (case, name)."""
    tests = []
    for module_name, case_names in CASES.items():
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError:  # some distributions leave out some
            continue
        for case_name in case_names:
            case = getattr(module, case_name, None)
            if case is not None:
                names = unittest.defaultTestLoader.getTestCaseNames(case)
                tests += [(case, name) for name in names if name not in LEFT_OUT]
    return tests


TESTS = found()


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("case", "name"), TESTS, ids=[f"{case.__name__}-{name}" for case, name in TESTS]
)
def test_cpythons_own_test_passes(case, name, passes_under_control):
    passes_under_control(case, name, SEEDS)
