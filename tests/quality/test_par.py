"""The programs that papers measure by: how soon `auto` finds them, and how few switches are left."""

from statistics import mean

import pytest
from failing import kind_of
from hypothesis import Phase, given, settings
from programs import OTHERS, PAR, reorder

from harness import check, explore
from strategies import thread_counts

MOST_EXECUTIONS = 200
SEEDS = range(5)
MANY_SEEDS = range(50)
# The best published figure of each program (executions to the bug, the mean over seeds).
BEST = {
    **dict.fromkeys(("arithmetic_prog", "sync01", "sync02", "phase01"), 1),
    **{"lazy01": 1.6, "token_ring": 2, "deadlock01": 2, "stack": 1.6, "WSQ": 6},
    **{"counter 2x1": 2.7, "counter 2x2": 1.4, "counter 3x1": 1.5},
}
MOST_OF_REORDER = 10
TOO_SLOW = ("reorder_50", "reorder_100", "twostage_100", "philosophers_7")  # for every run
SLOW = (*TOO_SLOW, "philosophers_5", "twostage_20", "read_write_lock", "wronglock", "reorder_20")


def most_of(name):
    return MOST_OF_REORDER if name.startswith("reorder") else max(5, 2 * BEST[name])


def find(programs, name, seeds):
    """Return the executions to the bug for each seed; each must end at the fewest switches."""
    body, kind, switches = programs[name]
    executions = []
    for seed in seeds:
        exploration = explore(body, executions=MOST_EXECUTIONS, seed=seed)
        assert exploration.verdict == "violated", f"seed {seed}: {exploration.reason}"
        failure = exploration.failure
        assert (kind_of(failure.outcome), len(failure.interleaving)) == (kind, switches), failure
        assert exploration.found_by
        executions.append(exploration.executions)
    return executions


@pytest.mark.parametrize("name", [name for name in PAR if name not in SLOW])
def test_auto_finds_it_as_soon_as_the_best_and_leaves_the_fewest_switches(name):
    assert mean(find(PAR, name, SEEDS)) <= most_of(name) * 1.5  # five seeds are few


@pytest.mark.parametrize("name", [name for name in OTHERS if name not in SLOW])
def test_auto_finds_other_programs_soon(name):
    find(OTHERS, name, SEEDS)


@pytest.mark.thorough
@pytest.mark.parametrize("name", PAR)
def test_par(name):
    seeds = MANY_SEEDS if name not in TOO_SLOW else SEEDS  # benchmarks/par.py has all fifty
    assert mean(find(PAR, name, seeds)) <= most_of(name)


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", OTHERS)
def test_auto_finds_other_programs_with_each_of_many_seeds(name):
    find(OTHERS, name, MANY_SEEDS if name not in TOO_SLOW else SEEDS)


@pytest.mark.parametrize("search", ["random", "pct", "pos", "surw"])
@pytest.mark.parametrize("name", ["token_ring", "deadlock01", "stack", "reorder_3", "WSQ"])
def test_fewest_switches_are_proved_wherever_the_search_began(name, search):
    body, _, switches = PAR[name]
    failure = explore(body, search=search, executions=5_000).failure

    assert len(failure.interleaving) == switches
    assert failure.smaller == "No smaller number of switches fails in this way"


def test_every_seed_ends_at_the_same_interleaving_of_the_work_stealing_queue():
    found = {explore(PAR["WSQ"][0], seed=seed).failure.interleaving for seed in SEEDS}

    assert len(found) == 1


def test_hypothesis_shrinks_the_threads_of_reorder_to_one_setter_and_one_checker():
    drawn = []

    @settings(derandomize=True, database=None, phases=(Phase.generate, Phase.shrink))
    @given(setters=thread_counts(min_value=1, max_value=5), checkers=thread_counts(min_value=1))
    def every_checker_is_content(setters, checkers):
        drawn.append((setters, checkers))
        check(reorder.reorder(setters, checkers))

    with pytest.raises(AssertionError):
        every_checker_is_content()

    assert drawn[-1] == (1, 1)
