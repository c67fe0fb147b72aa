"""The section that `--harness-show-statistics` adds at the end of a session."""

TESTS = """
from hypothesis import given, settings
from strategies import thread_counts

def test_lost_update(interleave):
    interleave(count)

def test_results(interleave):
    def body():
        counter = Counter()
        run(counter.add)
        return counter.value

    interleave(body, stop_at_failure=False, executions=20)

@settings(max_examples=5, derandomize=True, database=None)
@given(threads=thread_counts(max_value=3))
def test_drawn(interleave, threads):
    interleave(lambda: count_safely(), executions=3)

def test_without_threads():
    pass
"""


def check_section(result):
    result.stdout.fnmatch_lines(
        [
            "*= Harness statistics =*",
            "test_it.py::test_lost_update:",
            "  - violated",
            "  - 2 executions, * a second",
            "  - found by: reversal",
            "  - 1 x returned",
            "  - 1 x raised AssertionError",
        ]
    )
    result.stdout.fnmatch_lines(
        [
            "test_it.py::test_results:",
            "  - holds",
            "  - ? executions, * a second",
            "  - * x returned [12]",
            "  - * x returned [12]",
        ]
    )
    result.stdout.fnmatch_lines(
        [
            "test_it.py::test_drawn:",
            "  - [2-5] x no failure found",
            "  - * executions in [2-5] explorations, * a second",
            "  - * x returned",
        ]
    )
    result.stdout.no_fnmatch_line("test_it.py::test_without_threads:")


def test_statistics_are_shown_for_each_test_that_explores(run_tests):
    check_section(run_tests(TESTS, "--harness-show-statistics"))


def test_statistics_come_from_the_workers_of_xdist(run_tests):
    check_section(run_tests(TESTS, "--harness-show-statistics", "-n1"))


def test_no_statistics_unless_asked_for(run_tests):
    run_tests(TESTS).stdout.no_fnmatch_line("*Harness statistics*")
