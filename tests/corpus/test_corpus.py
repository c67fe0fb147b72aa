"""Small ordinary programs: each wrong one is found with the fewest switches, each right one passes.

A program in `must_fail` has `EXPECTED`: the kind of failure, and its fewest switches. One in
`must_pass` has `SMALL`: whether all its interleavings with two preemptions are soon run.
"""

import importlib.util
import sys
from pathlib import Path

import pytest
from failing import kind_of

from harness import explore, searched_executions

HERE = Path(__file__).parent
SEEDS = range(5)
MANY_SEEDS = range(50)
PASSES = ("holds", "no failure found")


def names(folder):
    return sorted(path.stem for path in (HERE / folder).glob("*.py"))


def load(folder, name):
    full_name = f"corpus_{folder}_{name}"
    spec = importlib.util.spec_from_file_location(full_name, HERE / folder / f"{name}.py")
    module = sys.modules[full_name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find(name, seeds):
    """Return the interleavings that the seeds end at; each must fail as expected."""
    program = load("must_fail", name)
    interleavings = set()
    for seed in seeds:
        exploration = explore(program.body, seed=seed)
        assert exploration.verdict == "violated", exploration.reason
        failure = exploration.failure
        found = (kind_of(failure.outcome), len(failure.interleaving))
        assert found == program.EXPECTED, f"{failure.interleaving}\n{failure}"
        interleavings.add(failure.interleaving)
    return interleavings


@pytest.mark.parametrize("name", names("must_fail"))
def test_wrong_program_is_found_and_each_seed_ends_at_the_same_fewest_switches(name):
    assert len(find(name, SEEDS)) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("name", names("must_fail"))
def test_wrong_program_is_found_with_each_of_many_seeds(name):
    assert len(find(name, MANY_SEEDS)) == 1


@pytest.mark.parametrize("search", ["auto", "random", "pct"])
@pytest.mark.parametrize("name", names("must_pass"))
def test_right_program_passes(name, search):
    exploration = explore(load("must_pass", name).body, search=search, executions=60)

    assert exploration.verdict in PASSES, f"{exploration.reason}\n{exploration.failure}"


@pytest.mark.thorough
@pytest.mark.parametrize("search", ["auto", "random", "pct"])
@pytest.mark.parametrize("name", names("must_pass"))
def test_right_program_passes_with_each_of_many_seeds(name, search):
    body = load("must_pass", name).body
    for seed in MANY_SEEDS:
        exploration = explore(body, search=search, seed=seed, executions=200)

        assert exploration.verdict in PASSES, f"{exploration.reason}\n{exploration.failure}"


def check_all_interleavings(name):
    exploration = explore(
        load("must_pass", name).body, search="exhaustive", preemptions=2, executions=3_000
    )

    assert exploration.complete or exploration.executions == 3_000, exploration.reason
    assert exploration.verdict == ("holds" if exploration.complete else "inconclusive")
    assert exploration.failure is None
    return exploration


@pytest.mark.parametrize(
    "name",
    [name for name in names("must_pass") if load("must_pass", name).SMALL],
)
def test_small_right_program_holds_in_all_interleavings(name):
    assert check_all_interleavings(name).verdict == "holds"


@pytest.mark.thorough
@pytest.mark.parametrize("name", names("must_pass"))
def test_right_program_withstands_an_exhaustive_search(name):
    check_all_interleavings(name)


def explored_with_fewer_hooks_from(name, executions_before, search, monkeypatch):
    monkeypatch.setattr(searched_executions, "_EXECUTIONS_BEFORE_LEAN_CODE", executions_before)
    body = load("must_fail", name).body
    return explore(body, search=search, executions=60, stop_at_failure=False)


def token_of(exploration):
    return exploration.failure and exploration.failure.token


def check_fewer_hooks_change_nothing(name, search, monkeypatch):
    never = explored_with_fewer_hooks_from(name, 1_000, search, monkeypatch)
    at_once = explored_with_fewer_hooks_from(name, 0, search, monkeypatch)

    assert at_once.outcomes == never.outcomes  # counts, and interleavings with all points numbered
    assert at_once.executions == never.executions
    assert token_of(at_once) == token_of(never)


@pytest.mark.parametrize("name", names("must_fail")[::10])
def test_code_without_the_hooks_that_only_count_explores_the_same(name, monkeypatch):
    check_fewer_hooks_change_nothing(name, "auto", monkeypatch)


@pytest.mark.thorough
@pytest.mark.parametrize("search", ["random", "pct"])
@pytest.mark.parametrize("name", names("must_fail"))
def test_code_without_the_hooks_that_only_count_always_explores_the_same(name, search, monkeypatch):
    check_fewer_hooks_change_nothing(name, search, monkeypatch)


def check_threads_of_the_operating_system_do_the_same(folder, name, search):
    body = load(folder, name).body
    found = [
        explore(body, search=search, executions=10, stop_at_failure=False, carrier=carrier)
        for carrier in ("greenlets", "threads")
    ]

    assert [str(outcome) for outcome in found[0].outcomes] == [
        str(outcome) for outcome in found[1].outcomes
    ]
    assert [one.interleaving for one in found[0].outcomes.values()] == [
        one.interleaving for one in found[1].outcomes.values()
    ]
    assert found[0].steps == found[1].steps
    if found[0].failure is not None:
        assert token_of(found[0]) == token_of(found[1])
        assert "On OS threads" not in found[0].failure.report


PROGRAMS = [(folder, name) for folder in ("must_fail", "must_pass") for name in names(folder)]


@pytest.mark.parametrize(("folder", "name"), PROGRAMS[::6])
def test_threads_of_the_operating_system_do_the_same(folder, name):
    check_threads_of_the_operating_system_do_the_same(folder, name, "auto")


@pytest.mark.thorough
@pytest.mark.parametrize("search", ["auto", "random"])
@pytest.mark.parametrize(("folder", "name"), PROGRAMS)
def test_threads_of_the_operating_system_do_the_same_in_all_programs(folder, name, search):
    check_threads_of_the_operating_system_do_the_same(folder, name, search)
