"""CPython's own tests of queues, futures, executors, threads, locals and `sched`, under control.

Each test method is a body, as in test_cpython_lock_tests.py: under the empty interleaving and under
random ones. docs/compatibility.md has the table of what is left out, and why.
"""

import importlib
import inspect
import unittest

import pytest

pytest.importorskip("test.lock_tests", reason="this Python came without its own tests")
SEEDS = range(3)

POOLS = (
    *("FutureTests", "ThreadPoolExecutorTest", "ThreadPoolWaitTests", "ThreadPoolAsCompletedTest"),
    *("ThreadPoolShutdownTest", "ThreadPoolInitializerTest", "ThreadPoolFailingInitializerTest"),
)
PARTS = (
    *("test_future", "test_thread_pool", "test_wait", "test_as_completed"),
    *("test_shutdown", "test_init"),
)
CASES = {
    "test.test_queue": (
        *("PyQueueTest", "CQueueTest", "PyLifoQueueTest", "CLifoQueueTest", "PyPriorityQueueTest"),
        *("CPriorityQueueTest", "PyFailingQueueTest", "CFailingQueueTest", "PySimpleQueueTest"),
    ),
    "test.test_concurrent_futures": POOLS,  # before 3.12
    **dict.fromkeys((f"test.test_concurrent_futures.{name}" for name in PARTS), POOLS),
    "test.test_threading": ("ThreadTests", "TimerTests", "ThreadingExceptionTests"),
    "test.test_threading_local": ("ThreadLocalTest", "PyThreadingLocalTest"),
    "test.test_thread": ("ThreadRunningTests", "BarrierTest", "LockTests"),
    "test.test_sched": ("TestCase",),
    "test.test_asyncio.test_tasks": ("RunCoroutineThreadsafeTests",),
    "test.test_asyncio.test_threads": ("ToThreadTests",),
    "test.test_asyncio.test_timeouts": ("TimeoutTests",),
    "test.test_multiprocessing_spawn.test_threads": tuple(
        f"WithThreadsTest{name}"
        for name in ("Queue", "Lock", "Semaphore", "Condition", "Event", "Barrier", "Pool")
    ),
}
# Of these only the tests with threads in their names.
WITH_THREADS = {
    "test.test_functools": ("TestLRUC", "TestLRUPy", "TestCachedProperty"),
    "test.test_context": ("ContextTest",),
}
STARTS_A_PROCESS = ("assert_python_ok", "script_helper", "fork", "run_in_subinterp", "subprocess")
LEFT_OUT = {
    "test_shutdown_all_methods_in_many_threads": "dozens of threads that poll: too long at random",
    "test_shutdown_immediate_all_methods_in_many_threads": "the same",
    "test_many_threads_nonblock": "fifty threads that poll: too long at random",
    "test_many_threads": "fifty threads: too long at random",
    "test_many_threads_timeout": "fifty threads: too long at random",
    "test_done_callback_raises": "it reads what logging prints, which pytest takes over",
    "test_done_callback_raises_already_succeeded": "the same",
    "test_print_exception_gh_102056": "it starts another interpreter",
    "test_cancel_futures": "it counts on sleeps to be as long as they are",
    "test_PyThreadState_SetAsyncExc": "an exception that C code throws into a thread has no task",
    "test_PyThreadState_SetAsyncExc_interrupts_sleep": "the same",
    "test_name": "it exchanges what the standard library counts threads with",
    "test_limbo_cleanup": "it exchanges what the standard library starts threads with",
    "test_foreign_thread": "a thread of _thread has a Thread, which is no _DummyThread",
    "test_ident_of_no_threading_threads": "it removes the _DummyThread",
    "test_disallow_instantiation": "the type of a controlled lock can be called",
    "test_shutdown_locks": "controlled threads have no lock of their own",
    "test_tstate_lock": "controlled threads have no lock of their own",
    "test_getprofile_all_threads": "its function would have switch points inside of the scheduler",
    "test_gettrace_all_threads": "its function would have switch points inside of the scheduler",
    "test_no_import_lock_contention": "it starts another interpreter",
    "test_release_task_refs": "it counts objects that an execution before it has left",
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
    for module_name, case_names in (CASES | WITH_THREADS).items():
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError:  # some distributions leave out some
            continue
        for case_name in case_names:
            case = getattr(module, case_name, None)
            if case is not None:
                names = unittest.defaultTestLoader.getTestCaseNames(case)
                tests += [(case, name) for name in names if makes_sense(case, name, module_name)]
    return tests


def makes_sense(case, name, module_name):
    """Say whether a test is to be run: it is not left out, and starts no other process."""
    if name in LEFT_OUT or (module_name in WITH_THREADS and "thread" not in name):
        return False
    source = inspect.getsource(getattr(case, name))
    return not any(word in source for word in STARTS_A_PROCESS)


TESTS = found()


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("case", "name"), TESTS, ids=[f"{case.__name__}-{name}" for case, name in TESTS]
)
def test_cpythons_own_test_passes(case, name, passes_under_control):
    passes_under_control(case, name, SEEDS)
