"""The shipped scripts: spot the difference."""

import runpy

import pytest

SMALL = ("--set", "THREADS=2", "--set", "ITERATIONS=1")
LAST_LINES = [
    "unlocked: depends on the interleaving",
    "locked: no dependence found",
    "mutex: no dependence found",
]


def test_the_unlocked_one_of_three_depends_on_the_interleaving(harness):
    printed = harness.run("spot", "unlocked", "locked", "mutex", *SMALL, status=1).stdout

    assert printed.splitlines()[-3:] == LAST_LINES
    assert harness.outcomes(printed) == {"prints 'counted 2 of 2'", "prints 'counted 1 of 2'"}
    assert printed.count("which cover every interleaving") == 3


def test_evidence_says_which_lock_protects_the_counter(harness):
    printed = harness.run("spot", "--examples", *SMALL, status=1).stdout

    assert "`counter`: written by T1 and T2 under no common lock" in printed
    assert "`counter`: always under `mutex`" in printed
    assert "`counter`: a Mutex owns it, so nobody reaches it without the lock" in printed


def test_only_what_is_correct_is_no_dependence(harness):
    printed = harness.run("spot", "locked", "mutex", *SMALL, status=0).stdout

    assert printed.splitlines()[-2:] == LAST_LINES[1:]


@pytest.mark.parametrize(
    "name", [pytest.param("unlocked", marks=pytest.mark.thorough), "locked", "mutex"]
)
def test_at_full_size_evidence_comes_first_and_a_small_rerun_decides(harness, name):
    printed = harness.run("spot", name, status=int(name == "unlocked")).stdout

    evidence, rerun = printed.split("Run again with --set THREADS=2 --set ITERATIONS=2:")
    assert "This is from the first 100,000 switch points of one execution" in evidence
    assert ("written by T1 to T10 under no common lock" in evidence) == (name == "unlocked")
    assert ("prints 'counted 2 of 4'" in rerun) == (name == "unlocked")


def test_a_file_comes_before_an_example_of_that_name(harness):
    harness.write("locked", "import threading\nthreading.Thread(target=print).start()\n")

    assert harness.outcomes(harness.spot("locked", status=0)) == {"prints ''"}


@pytest.mark.parametrize("name", ["unlocked", "locked", "mutex"])
def test_the_examples_are_scripts_that_need_no_harness_to_run(name, capsys, monkeypatch):
    path = f"harness/examples/{name}.py"
    namespace = runpy.run_path(path, run_name="not main")
    monkeypatch.setitem(namespace["main"].__globals__, "ITERATIONS", 1)

    namespace["main"]()

    assert capsys.readouterr().out == "counted 10 of 10\n"
