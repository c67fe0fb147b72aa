"""`--harness-model=gil`: what bites today fails, and what free threading adds is counted."""

import pytest

pytestmark = pytest.mark.needs_gil
TESTS = """
def one():
    return 1

def add_in_place():
    counter = Counter()
    def work():
        counter.value += 1
    run(work)
    assert counter.value == 2

def add_a_call():
    counter = Counter()
    def work():
        counter.value = counter.value + one()
    run(work)
    assert counter.value == 2

def test_in_place(interleave):
    interleave(add_in_place)

@pytest.mark.interleave
def test_in_place_marked():
    add_in_place()

def test_call(interleave):
    interleave(add_a_call)

def test_safe(interleave):
    interleave(count_safely, executions=50)

def test_skipped_without_gil(interleave):
    def body():
        try:
            add_in_place()
        except AssertionError:
            pytest.skip("not here")
    interleave(body)

def test_fails_after_it_passed_under_the_gil(interleave):
    interleave(add_in_place)
    assert False
"""
SUMMARY = [
    "harness: 2 more would fail on a free-threaded build",
    "  test_it.py::test_in_place",
    "  test_it.py::test_in_place_marked",
]


def lines_after(result, first):
    lines = result.stdout.lines
    return lines[lines.index(first) :][: len(SUMMARY)]


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "with xdist"])
def test_only_what_can_bite_today_fails_and_the_rest_is_counted(run_tests, workers):
    result = run_tests(TESTS, "--harness-model=gil", *workers)

    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines_random(  # workers end in any order
        [
            "FAILED test_it.py::test_call - *",
            "FAILED test_it.py::test_fails_after_it_passed_under_the_gil - *",
        ]
    )
    shown = lines_after(result, SUMMARY[0])
    assert [shown[0], *sorted(shown[1:])] == SUMMARY


def test_the_report_ends_with_the_model_and_its_line_replays(run_tests):
    result = run_tests(TESTS, "--harness-model=gil", "-k", "test_call")
    (line,) = [line for line in result.stdout.lines if line.startswith("replay: pytest")]
    after = result.stdout.lines[result.stdout.lines.index(line) + 1]

    assert after.startswith("can happen under the GIL of CPython 3.")
    assert after.endswith(": yes")
    assert "--harness-model='gil'" in line
    token = line.rpartition("--harness-replay=")[2].strip("'")
    again = run_tests(TESTS, "--harness-model=gil", f"--harness-replay={token}", "-k", "test_call")
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["Lost update: T1 and T2 both read Counter.value *"])


def test_nothing_is_counted_when_nothing_is_hidden(run_tests):
    result = run_tests(TESTS, "--harness-model=gil", "-k", "test_safe")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["harness: 0 more would fail on a free-threaded build"])


def test_nothing_is_said_under_the_other_model(run_tests):
    result = run_tests(TESTS, "-k", "test_safe or test_in_place")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.no_fnmatch_line("*would fail on a free-threaded build*")
    result.stdout.fnmatch_lines(["can happen under the GIL of CPython 3.*: not within this search"])


def test_the_model_may_stand_in_the_configuration_and_at_a_test(run_tests):
    run_tests.pytester.makeini("[pytest]\nharness_model = gil\n")
    configured = run_tests(TESTS, "-k", "test_in_place")
    configured.assert_outcomes(passed=2)
    configured.stdout.fnmatch_lines(["harness: 2 more would fail on a free-threaded build"])

    run_tests.pytester.makeini("[pytest]\n")
    marked = run_tests(
        TESTS.replace("mark.interleave", "mark.interleave(model='gil')"), "-k", "in_place_marked"
    )
    marked.assert_outcomes(passed=1)
    marked.stdout.fnmatch_lines(["harness: 1 more would fail on a free-threaded build"])


def test_a_hypothesis_test_is_counted_once(run_tests):
    result = run_tests(
        """
from hypothesis import given, settings, strategies as st

@settings(deadline=None)
@given(st.integers(2, 3))
def test_drawn(interleave, threads):
    def body():
        counter = Counter()
        def work():
            counter.value += 1
        run(work, threads)
        assert counter.value == threads
    interleave(body)
""",
        "--harness-model=gil",
        with_plugin="hypothesispytest",
    )

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["harness: 1 more would fail on a free-threaded build", "  test_it.py::test_drawn"]
    )
