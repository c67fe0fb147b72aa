"""The counters of the story: how soon each search finds them, and how small they get."""

import pytest

from harness import explore
from harness.counters import (
    LockedCounter,
    MutexCounter,
    PlusEqualsCounter,
    UnlockedCounter,
    count,
)

SEEDS = range(10)
WRONG = (UnlockedCounter, PlusEqualsCounter)
RIGHT = (LockedCounter, MutexCounter)


def body_of(counter, threads=2, iterations=1):
    def body():
        assert count(counter, threads, iterations) == threads * iterations

    return body


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("search", "executions"), [("auto", 10), ("random", 100), ("pct", 100)])
@pytest.mark.parametrize("counter", WRONG)
def test_search_finds_a_counter_of_two_threads_soon(counter, search, executions, seed):
    exploration = explore(body_of(counter), search=search, executions=executions, seed=seed)

    assert exploration.verdict == "violated"
    assert len(exploration.failure.interleaving) == 1


@pytest.mark.parametrize("counter", WRONG)
def test_exhaustive_search_finds_a_counter_with_one_preemption(counter):
    exploration = explore(body_of(counter), search="exhaustive", preemptions=1)

    assert exploration.verdict == "violated"
    assert len(exploration.failure.interleaving) == 1


@pytest.mark.parametrize(("threads", "iterations"), [(2, 5), (3, 2), (5, 1)])
@pytest.mark.parametrize("counter", WRONG)
def test_larger_counter_shrinks_to_one_switch(counter, threads, iterations):
    failure = explore(body_of(counter, threads, iterations)).failure

    assert len(failure.interleaving) == 1
    assert failure.smaller == "No smaller number of switches fails in this way"


@pytest.mark.parametrize("search", ["auto", "random", "pct"])
@pytest.mark.parametrize("counter", WRONG)
def test_every_search_and_seed_ends_at_the_same_interleaving(counter, search):
    found = {
        explore(body_of(counter), search=search, seed=seed).failure.interleaving for seed in SEEDS
    }
    expected = {explore(body_of(counter), search="exhaustive").failure.interleaving}

    assert found == expected


@pytest.mark.parametrize("search", ["auto", "random", "pct"])
@pytest.mark.parametrize("counter", RIGHT)
def test_search_finds_nothing_in_a_right_counter(counter, search):
    exploration = explore(body_of(counter), search=search, executions=200)

    if search == "auto":
        assert exploration.verdict == "holds"
        assert exploration.executions < 50
    else:
        assert exploration.verdict == "no failure found"
        assert exploration.executions == 200


@pytest.mark.parametrize("counter", RIGHT)
def test_right_counter_holds_in_every_interleaving(counter):
    exploration = explore(body_of(counter), search="exhaustive", executions=10_000)

    assert exploration.verdict == "holds"
    assert exploration.complete
