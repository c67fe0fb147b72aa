import re

import pytest

UNSAFE = """
def test_unsafe(interleave):
    interleave(count)
"""
TOKEN = re.compile(r"^replay: pytest '(.*)' --harness-replay='(.*)'$", re.MULTILINE)


def schedule_of(result):
    """Return the table of a report, without what says how it was found."""
    text = result.stdout.str()
    return re.findall(r"^ +T0 .*?(?=^replay: )", text, re.MULTILINE | re.DOTALL)


def test_a_token_replays_the_failure_and_a_stale_one_diverges(run_tests):
    first = run_tests(UNSAFE)
    first.assert_outcomes(failed=1)
    address, token = TOKEN.findall(first.stdout.str())[0]
    assert address == "test_it.py::test_unsafe"

    again = run_tests(UNSAFE, address, f"--harness-replay={token}")
    again.assert_outcomes(failed=1)
    assert TOKEN.findall(again.stdout.str()) == [(address, token)]
    assert schedule_of(again) == schedule_of(first) != []

    other_tests = """
def test_another_body_first(interleave):
    interleave(count_safely)
    interleave(count)

def test_it_fits_nothing(interleave):
    interleave(lock_crosswise)

def test_it_fits_but_passes(interleave):
    with pytest.raises(AssertionError):
        interleave(count)
"""
    other = run_tests(other_tests, f"--harness-replay={token}", "-rf")
    other.assert_outcomes(failed=2, passed=1)
    other.stdout.fnmatch_lines(
        [
            f"replay: pytest 'test_it.py::test_another_body_first' --harness-replay='{token}'",
            ">*def test_it_fits_nothing(interleave):",
            "E*ReplayDivergenceError: Switch 1 of the token * cannot take place*",
            "test_it.py:*: ReplayDivergenceError",
        ]
    )


def test_a_replay_line_in_a_subfolder_is_for_that_folder(run_tests, monkeypatch):
    folder = run_tests.pytester.mkdir("inner")
    run_tests.pytester.makeini("[pytest]\npythonpath = .")
    monkeypatch.chdir(folder)
    result = run_tests(UNSAFE, "..")
    assert TOKEN.findall(result.stdout.str())[0][0] == "../test_it.py::test_unsafe"


@pytest.mark.parametrize("style", ["short", "native"])
def test_the_table_is_shown_once_whatever_the_style(run_tests, style):
    result = run_tests(UNSAFE, f"--tb={style}", "-v", "-p", "no:cacheprovider")
    assert result.stdout.str().count("Harness schedule") == 1
    assert len(schedule_of(result)) == 1
    result.stdout.fnmatch_lines(["*::test_unsafe FAILED*", "replay: pytest *"])
    result.stdout.no_fnmatch_line("*harness/*.py*")


def test_the_table_is_in_junit_without_a_terminal_and_from_a_worker(run_tests):
    run_tests(UNSAFE, "-p", "no:terminal", "--junitxml=report.xml")
    assert "Harness schedule" in (run_tests.pytester.path / "report.xml").read_text()

    result = run_tests(
        UNSAFE
        + """
@pytest.mark.interleave
def test_marked():
    count()

def test_safe(interleave):
    interleave(count_safely)
""",
        "-n2",
        "--junitxml=report.xml",
        "--harness-executions=20",
    )
    result.assert_outcomes(failed=2, passed=1)
    assert len(schedule_of(result)) == 2
    report = (run_tests.pytester.path / "report.xml").read_text()
    assert report.count('name="harness.verdict" value="violated"') == 2
    assert report.count("Harness schedule") == 2


def test_a_failure_in_a_thread_shows_only_the_users_frames(run_tests):
    result = run_tests(
        """
@pytest.mark.interleave
def test_it():
    counter = Counter()

    def work():
        counter.add()
        assert counter.value == 1

    run(work)
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">*assert counter.value == 1", "E*assert 2 == 1", "*Harness schedule*"]
    )
    for file in ("harness/*.py", "threading.py"):
        result.stdout.no_fnmatch_line(f"*{file}*")


def test_last_failed_and_exit_first_and_the_debugger_work(run_tests):
    source = UNSAFE.replace("test_unsafe", "test_first") + UNSAFE
    result = run_tests(source, "-x")
    result.assert_outcomes(failed=1)

    (run_tests.pytester.path / "commands").write_text("p counter.value, threads\nq\n")
    with (run_tests.pytester.path / "commands").open() as commands:
        result = run_tests(source, "--lf", "--pdb", stdin=commands)
    result.stdout.fnmatch_lines(
        ["*Harness schedule*", "> *bank.py(*)count()", "*(1, 2)*", "*= 1 failed in *"]
    )


def test_each_member_of_a_group_has_its_table(run_tests):
    result = run_tests(
        """
def test_both(interleave):
    failures = []
    for body in (count, lock_crosswise):
        try:
            interleave(body)
        except Exception as error:
            failures.append(error)
    raise ExceptionGroup("both", failures)
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Harness schedule*", "replay: *", "", "2 threads*", "replay: *"])
    assert result.stdout.str().count("No smaller number") == 2


@pytest.mark.thorough
def test_a_hypothesis_test_shrinks_to_the_smallest_failing_example(run_tests):
    source = """
from hypothesis import given, settings, Phase, strategies as st
from strategies import iteration_counts, thread_counts

@settings(deadline=None, phases=[Phase.generate, Phase.shrink], max_examples=20)
@given(threads=thread_counts(max_value=4), rounds=iteration_counts(max_value=5))
def test_given(interleave, threads, rounds):
    interleave(lambda: count(threads, rounds))
"""
    result = run_tests(source, with_plugin="hypothesispytest")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError",
            "E*threads=2,",
            "E*rounds=1,",
            "*Harness schedule*",
            "2 threads, 1 switch: *",
            "replay: pytest 'test_it.py::test_given' --harness-replay='*'",
        ]
    )
    _, token = TOKEN.findall(result.stdout.str())[0]

    replayed = run_tests(source, f"--harness-replay={token}")
    replayed.assert_outcomes(failed=1)
    assert schedule_of(replayed) == schedule_of(result)

    stale = run_tests(source, "--harness-replay=T1@99>T2#12345678")
    stale.assert_outcomes(failed=1)
    stale.stdout.fnmatch_lines(["E*ReplayDivergenceError: Switch 1 of the token *"])


def test_a_fixture_that_is_never_called_is_warned_of(run_tests):
    result = run_tests("""
def test_forgotten(interleave):
    def body():
        count()

def test_called(interleave):
    interleave(count_safely)

def test_skipped(interleave):
    pytest.skip("not now")
""")

    result.assert_outcomes(passed=2, skipped=1, warnings=1)
    result.stdout.fnmatch_lines(
        ["*test_forgotten asks for the fixture `interleave` and never calls it*"]
    )
