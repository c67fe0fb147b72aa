import pytest

HANGING = """
import os
from harness.control.scheduling.watchdog import watchdog

def wait_for_ever():
    reader, writer = os.pipe()
    run(lambda: os.read(reader, 1))
"""


def test_a_body_that_hangs_in_foreign_code_is_ended_by_the_watchdog(run_tests):
    result = run_tests(
        HANGING
        + """
watchdog.patience = 0.2

def test_hangs(interleave):
    interleave(wait_for_ever)

def test_goes_on(interleave):
    interleave(count_safely, executions=3)
""",
        "--timeout=30",
    )
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["E*InconclusiveError: the harness lost sight of a thread: T1 *"])


def test_a_timeout_by_signal_ends_the_exploration_and_passes_through(run_tests):
    result = run_tests(
        HANGING
        + """
def test_loads_the_engine(interleave):
    interleave(count_safely, executions=3)

@pytest.mark.timeout(1)
@pytest.mark.interleave
def test_hangs():
    wait_for_ever()

@pytest.mark.timeout(1)
def test_spins(interleave):
    def spin():
        counter = Counter()
        while True:
            counter.add()
    interleave(lambda: run(spin), max_steps=10**9)

def test_goes_on(interleave):
    interleave(count_safely, executions=3)
    assert type(threading.Lock()).__module__ == "_thread"
""",
        "--timeout-method=signal",
    )
    result.assert_outcomes(failed=2, passed=2)
    timeout = "E*Failed: Timeout (>1.0s) from pytest-timeout."
    result.stdout.fnmatch_lines(
        [">*os.read(reader, 1)*", timeout, ">*interleave(lambda: run(spin)*", timeout]
    )


def test_a_timeout_by_thread_ends_the_process(run_tests):
    result = run_tests(
        HANGING
        + """
def test_hangs(interleave):
    interleave(wait_for_ever)
""",
        "--timeout=0.5",
        "--timeout-method=thread",
    )
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*+ Timeout +*"])


def test_nothing_else_needs_to_be_installed(run_tests):
    result = run_tests(
        """
def test_safe(interleave, stress, switch_interval):
    assert interleave(count_safely, executions=3).executions == 3
    with switch_interval(1e-5) as seconds:
        assert seconds == pytest.approx(1e-5)
    assert stress(count_safely, repeats=2).failure_rate == 0
""",
        *("-p", "no:xdist", "-p", "no:timeout", "-p", "no:cacheprovider"),
        *("-W", "error"),
    )
    result.assert_outcomes(passed=1)


def test_it_can_be_switched_off_and_named_by_hand(run_tests, monkeypatch):
    result = run_tests("def test_plain(): pass", "-p", "no:harness.plugin")
    result.assert_outcomes(passed=1)

    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = run_tests(
        "def test_safe(interleave): interleave(count_safely, executions=3)",
        *("-p", "harness.plugin", "-W", "error"),
    )
    result.assert_outcomes(passed=1)


def test_fixtures_of_django_and_asyncio_run_around_the_exploration(pytester):
    pytest.importorskip("django")
    pytest.importorskip("pytest_django")
    pytest.importorskip("pytest_asyncio")
    pytester.makefile(
        ".ini",
        tox="[pytest]\nDJANGO_SETTINGS_MODULE = settings\npythonpath = .\nasyncio_mode = auto\n"
        "asyncio_default_fixture_loop_scope = function\n",
    )
    pytester.makepyfile(
        settings="SECRET_KEY = 'x'\nUSE_TZ = True\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}\n",
        test_it="""
import asyncio
import threading
import pytest

class Counter:
    value = 0

def count(guard):
    counter = Counter()

    def work():
        with guard:
            counter.value += 1

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 2

@pytest.fixture(autouse=True)
async def loop():
    await asyncio.sleep(0)

@pytest.fixture(autouse=True)
def database(db):
    pass

@pytest.mark.interleave(executions=5)
def test_marked():
    count(threading.Lock())

@pytest.mark.django_db(transaction=True)
def test_fixture(interleave):
    interleave(lambda: count(threading.Lock()), executions=5)

async def test_async():
    await asyncio.sleep(0)
""",
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)
