"""What a body prints and logs: of all its executions pytest shows that of the reported one."""

import re

import pytest

TALKS = """
import logging
import sys

def talk():
    print("begins")
    logging.getLogger("bank").warning("one more")
    print("oops", file=sys.stderr)
    count()
"""


@pytest.mark.parametrize("capture", ["fd", pytest.param("sys", marks=pytest.mark.thorough)])
def test_a_failing_test_shows_that_of_the_reported_execution(run_tests, capture):
    result = run_tests(
        TALKS
        + """
def test_it(interleave):
    print("before")
    interleave(talk)
""",
        f"--capture={capture}",
    )
    printed = result.stdout.str()

    result.assert_outcomes(failed=1)
    assert re.search(r"^before\nbegins$", printed, re.MULTILINE)
    assert len(re.findall(r"^begins$", printed, re.MULTILINE)) == 1
    assert len(re.findall(r"^oops$", printed, re.MULTILINE)) == 1
    assert len(re.findall(r"^WARNING +bank:.* one more$", printed, re.MULTILINE)) == 1


@pytest.mark.thorough
def test_a_replay_shows_that_of_the_replayed_execution(run_tests):
    text = (
        TALKS
        + """
@pytest.mark.interleave
def test_it():
    talk()
"""
    )
    token = re.search(r"--harness-replay='(.*)'", run_tests(text).stdout.str())[1]

    printed = run_tests(text, f"--harness-replay={token}").stdout.str()

    assert len(re.findall(r"^begins$", printed, re.MULTILINE)) == 1


def test_what_a_test_captures_itself_stays(run_tests):
    result = run_tests(
        TALKS
        + """
def test_printed(interleave, capsys):
    with pytest.raises(AssertionError):
        interleave(talk)
    assert capsys.readouterr().out.count("begins") > 1

def test_logged(interleave, caplog):
    with pytest.raises(AssertionError):
        interleave(talk)
    assert len(caplog.records) > 1
"""
    )

    result.assert_outcomes(passed=2)


def test_without_capturing_all_is_printed(run_tests):
    text = TALKS + "\ndef test_it(interleave):\n    interleave(talk)\n"

    assert run_tests(text, "-s").stdout.str().count("begins") > 1
