def test_a_marked_test_is_explored_with_its_parameters_and_wide_fixtures(run_tests):
    result = run_tests(
        """
runs = []

@pytest.fixture(scope="module")
def threads():
    return 2

class TestCount:
    @pytest.mark.interleave(executions=5)
    @pytest.mark.parametrize("rounds", [1, 2])
    def test_safe(self, rounds, threads):
        runs.append(rounds)
        count(threads, rounds, threading.Lock())

    @pytest.mark.interleave
    def test_unsafe(self, threads):
        count(threads)

def test_many_executions():
    assert runs.count(1) > 5 < runs.count(2)
""",
        "-rf",
    )
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_unsafe*",
            ">*count(threads)",
            ">*assert counter.value == threads * rounds",
            "E*AssertionError",
            "bank.py:*: AssertionError",
            "*- Harness schedule -*",
            "2 threads, 1 switch: T1@*>T2.*",
            "*T1 work*T2 work*",
            "*bank.py:*  seen = self.value*",
            "replay: pytest 'test_it.py::TestCount::test_unsafe' --harness-replay='T1@*>T2#*'",
            "FAILED test_it.py::TestCount::test_unsafe - AssertionError",
        ]
    )
    result.stdout.no_fnmatch_line("*harness/*.py*")


def test_a_marked_test_that_cannot_be_explored_says_why_and_what_to_do(run_tests):
    result = run_tests(
        """
import unittest
from hypothesis import given, strategies as st

mark = pytest.mark.interleave

@pytest.fixture
def account():
    pytest.fail("it must not be set up")

@mark(100)
def test_by_position(): pass

@mark(executons=100)
def test_unknown(): pass

@mark
async def test_async(): pass

@mark
@given(st.none())
def test_given_inside(x): pass

@given(st.none())
@mark
def test_given_outside(x): pass

@mark
def test_fixture(account): pass

@mark
def test_two(tmp_path, monkeypatch, account): pass

@mark
def test_request(request): pass

@mark
@pytest.mark.usefixtures("account")
def test_used(): pass

class TestUnit(unittest.TestCase):
    @mark
    def test_method(self): pass

@mark(search="best")
def test_bad_value(): count()
"""
    )
    result.assert_outcomes(errors=10, failed=1)
    shown = result.stdout.str()
    for expected in (
        "test_it.py::test_by_position: it got 100 without a name. Name each option: executions, ",
        "test_it.py::test_unknown: it has no option 'executons'. Use some of: executions, ",
        "test_it.py::test_async: it is a coroutine function",
        "test_it.py::test_given_inside: it is a Hypothesis test",
        "test_it.py::test_given_outside: it is a Hypothesis test",
        "test_it.py::test_fixture: the fixture `account` has function scope, so it would be set up "
        "once and shared by all executions. Give it a wider scope, or make what it gives inside",
        "test_it.py::test_two: the fixtures `tmp_path`, `monkeypatch` and `account` have function",
        "test_it.py::test_request: the fixture `request` has function scope",
        "test_it.py::test_used: the fixture `account` has function scope",
        "::test_method: a method of unittest.TestCase is run by unittest, which knows no markers",
        "search='best' is unknown",
    ):
        assert expected in shown


def test_options_of_the_function_go_before_those_of_the_class_and_the_module(run_tests):
    result = run_tests(
        """
pytestmark = pytest.mark.interleave(executions=7, seed=3)

@pytest.mark.interleave(executions=4)
class TestClass:
    @pytest.mark.interleave(search="random")
    def test_it(self):
        count(guard=threading.Lock())
""",
        "--junitxml=report.xml",
    )
    result.assert_outcomes(passed=1)
    report = (run_tests.pytester.path / "report.xml").read_text()
    assert '<property name="harness.executions" value="4" />' in report
    assert '<property name="harness.seed" value="3" />' in report
    assert '<property name="harness.verdict" value="no failure found" />' in report


def test_a_marked_test_goes_on_after_a_failure_if_told_so(run_tests):
    result = run_tests(
        """
@pytest.mark.interleave(search="random", executions=40, stop_at_failure=False)
def test_unsafe(): count()
""",
        "--junitxml=report.xml",
    )
    result.assert_outcomes(failed=1)
    report = (run_tests.pytester.path / "report.xml").read_text()
    assert '<property name="harness.executions" value="40" />' in report


def test_autouse_fixtures_run_once_around_the_exploration(run_tests):
    result = run_tests(
        """
events = []

@pytest.fixture(autouse=True)
def around():
    events.append("set up")
    yield
    events.append("torn down")

@pytest.mark.interleave
def test_it():
    events.append("run")
    count_safely()

def test_order():
    assert events[0] == "set up" and events[-2:] == ["torn down", "set up"]
    assert events.count("set up") == 2 and events.count("run") > 2
"""
    )
    result.assert_outcomes(passed=2)


def test_a_test_that_skips_itself_is_skipped(run_tests):
    result = run_tests(
        """
@pytest.mark.interleave
def test_it():
    pytest.skip("not here")
""",
        "-rs",
        "--junitxml=report.xml",
    )
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*not here"])
    assert "harness.verdict" not in (run_tests.pytester.path / "report.xml").read_text()


def test_our_own_errors_point_at_the_test(run_tests):
    result = run_tests(
        """
@pytest.mark.interleave
def test_deadlock():
    lock_crosswise()

def test_no_thread(interleave):
    interleave(lambda: None)
""",
        "-rf",
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            ">*@pytest.mark.interleave",
            "E*DeadlockError: every live thread is waiting",
            "E*T1 'Thread-1 (work)' waits for *",
            "test_it.py:*: DeadlockError",
            "*- Harness schedule -*",
            "2 threads, 1 switch: *",
            "replay: pytest 'test_it.py::test_deadlock' *",
            ">*interleave(lambda: None)",
            "E*InconclusiveError: The body started no thread.*",
            "test_it.py:*: InconclusiveError",
        ]
    )
    result.stdout.no_fnmatch_line("*harness/*.py*")


def test_the_marker_is_registered_and_explorations_are_thread_unsafe(run_tests):
    run_tests.pytester.makeconftest(
        """
def pytest_configure(config):
    config.addinivalue_line("markers", "thread_unsafe: as pytest-run-parallel has it")

def pytest_collection_finish(session):
    print("UNSAFE", *[i.name for i in session.items if i.get_closest_marker("thread_unsafe")])
"""
    )
    result = run_tests(
        """
@pytest.mark.interleave
def test_marked(): pass

def test_fixture(interleave): pass

def test_neither(): pass
""",
        "--collect-only",
        "--strict-markers",
        "-s",
    )
    result.stdout.fnmatch_lines(["UNSAFE test_marked test_fixture"])
