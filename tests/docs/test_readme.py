"""What the README shows is what happens: its examples run, and its output is real."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from harness import explore, stress
from harness.spotting.status import Status

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
PYTHON = [text for language, text in BLOCKS if language == "python"]
SHOWN = dict(re.findall(r"<!-- output of (.*?) -->\n```text\n(.*?)^```$", README, re.DOTALL | re.M))


def for_any_version(text):
    return re.sub(r"(?<=CPython )3\.\d+", "3.x", text)


def test_the_first_screen_shows_what_the_command_prints():
    command = [sys.executable, "-m", "harness", "spot", "--examples"]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=100
    )

    assert done.returncode == 1  # one of them depends on the interleaving
    assert done.stdout == SHOWN["harness spot --examples"]


def test_the_counters_are_shown_as_they_are():
    command = [sys.executable, "-m", "harness", "counters"]
    printed = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=100
    ).stdout

    assert for_any_version(printed) == for_any_version(SHOWN["harness counters"])


def test_the_test_to_paste_fails_as_shown(pytester):
    (block,) = [text for text in PYTHON if "test_two_visits_are_counted" in text]
    path = pytester.makepyfile(test_visits=block)
    result = pytester.runpytest_subprocess(path, "-p", "no:cacheprovider", "--tb=short")
    result.assert_outcomes(failed=1)

    printed = for_any_version(result.stdout.str())
    for line in for_any_version(SHOWN["test_visits.py"]).splitlines():
        assert line.rstrip() in printed


def test_the_test_with_a_mutex_passes(pytester):
    (block,) = [text for text in PYTHON if "test_no_visit_is_lost" in text]
    result = pytester.runpytest_subprocess(pytester.makepyfile(block), "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_the_names_can_be_imported_as_shown_and_are_explained():
    (line,) = re.findall("^`(from harness import .*)`$", README, re.MULTILINE)
    names = {}
    exec(line, names)

    for name in line.partition(" import ")[2].split(", "):
        assert callable(names[name])
        assert f"`{name}(" in README


def test_the_tokens_are_read_as_shown():
    def stopped_early():
        got = []
        ready = Event()
        thread = Thread(target=ready.set)
        thread.start()
        got.append(ready.wait(60))
        thread.join()
        assert got == [True]

    interleaving = explore(stopped_early).failure.interleaving
    (switch,) = interleaving.switches

    assert switch.task == switch.to == 0  # like `T0@7>T0`: its time has run out
    assert "`T0@7>T0`: the timed wait at T0's seventh runs out." in README


def test_a_stress_run_that_fails_raises_nothing_but_counts():
    def body():
        raise AssertionError

    assert "`assert stress(body).failure_rate == 0`" in README
    assert stress(body, repeats=2).failure_rate == 1


def test_the_hypothesis_test_shrinks_to_two_threads_and_one_round(pytester):
    (block,) = [text for text in PYTHON if "test_every_increment_counts" in text]
    path = pytester.makepyfile(block)
    result = pytester.runpytest_subprocess(path, "-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*threads=2,*", "*iterations=1,*", "2 threads, 1 switch*"])


def test_the_marked_test_is_collected(pytester):
    (block,) = [text for text in PYTHON if "pytest.mark.interleave" in text]
    result = pytester.runpytest_subprocess(pytester.makepyfile(block), "--collect-only", "-q")
    result.stdout.fnmatch_lines(["*::test_the_whole_function_is_the_body"])


def test_every_python_example_is_tested():
    names = [re.search(r"def (test_\w+)", block).group(1) for block in PYTHON]

    assert names == [
        "test_two_visits_are_counted",
        "test_no_visit_is_lost",
        "test_every_increment_counts",
        "test_the_whole_function_is_the_body",
    ]


def test_every_exit_status_of_trouble_is_explained():
    (paragraph,) = re.findall("^The exit status is 1 if.*$", README, re.MULTILINE)
    explained = dict(re.findall(r"(\d+): ([^;.]+(?:\._exit[^;.]*)?)", paragraph))

    assert set(explained) == {str(int(status)) for status in Status if status > Status.USAGE}
    assert explained["8"] == "it does not end, or it ends the whole process by `os._exit()`"


@pytest.mark.parametrize("target", re.findall(r"\]\((?!http)([^)]+)\)", README))
def test_links_lead_somewhere(target):
    assert (REPOSITORY / target).exists()


def test_the_commands_are_two_and_need_nothing_but_python():
    (commands,) = [text for language, text in BLOCKS if "python3 -m venv" in text]
    first, second = (line.removeprefix("$ ") for line in commands.strip().splitlines())

    assert shlex.split(first)[0] == "python3"
    assert second == ".venv/bin/pytest -n auto"
