"""The model allows a switch where this CPython hands over the GIL, and nowhere else."""

import importlib.util
import sys
from pathlib import Path
from threading import Thread

import pytest

from harness import Interleaving, explore, replay, run, stress

THIS_VERSION = sys.version_info.minor - 11
# Calls that are specialized once they are hot: only their first executions hand over, which
# programs that do the same again and again hardly ever show.
FIRST_EXECUTIONS_ONLY = {"length", "instance_check", "type_of", "list_append"}
ROUNDS_ON_REAL_THREADS = 5_000


def load():
    path = Path(__file__).parent / "patterns.py"
    spec = importlib.util.spec_from_file_location("patterns_under_the_gil", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


patterns = load()
PATTERNS = patterns.PATTERNS
ALL_UNDER_THE_LOCK = {"everything_with_a_lock"}


def answer_of(name):
    return PATTERNS[name][1][THIS_VERSION]


def body_of(name, rounds=1):
    increment = PATTERNS[name][0]

    def body():
        box = patterns.Box()

        def work():
            for _ in range(rounds):
                increment(box)

        started = [Thread(target=work) for _ in range(2)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        assert box.n == 2 * rounds

    return body


def explored(name, model):
    return explore(body_of(name), search="exhaustive", executions=5_000, model=model)


@pytest.mark.parametrize("name", PATTERNS)
def test_an_increment_is_lost_just_where_this_version_hands_over(name):
    found = explored(name, "gil")

    assert found.verdict == {"y": "violated", "n": "holds"}[answer_of(name)]


@pytest.mark.parametrize("name", PATTERNS)
def test_without_a_gil_each_loses_increments(name):
    found = explored(name, "free-threaded")

    assert found.verdict == ("holds" if name in ALL_UNDER_THE_LOCK else "violated")


@pytest.mark.parametrize("name", ["function", "for_over_a_range", "finalizer", "releasing"])
def test_its_token_replays_strictly(name):
    failure = explored(name, "gil").failure
    again = replay(body_of(name), failure.token, model="gil")

    assert again.interleaving == failure.interleaving
    assert again.outcome.location == failure.outcome.location


@pytest.mark.thorough
@pytest.mark.parametrize("name", PATTERNS)
def test_following_an_interleaving_finds_what_the_search_finds(name):
    """One switch at a time, at each point: the search only leaves out what makes no difference."""
    ends = [
        run(body_of(name), Interleaving.parse(f"T1@{point}>T2"), model="gil")
        for point in range(1, 1 + points_of_the_first_task(name))
    ]
    lost = [end for end in ends if str(end.outcome).startswith("Raised")]

    assert bool(lost) == (answer_of(name) == "y")


def points_of_the_first_task(name):
    trace = run(body_of(name), model="gil").trace
    return max(step.point for step in trace.steps if step.task == 1)


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in PATTERNS if name not in FIRST_EXECUTIONS_ONLY])
def test_real_threads_lose_increments_in_the_same_patterns(name):
    """What the model calls unreachable never happens, and what it calls reachable does."""
    seen = stress(body_of(name, ROUNDS_ON_REAL_THREADS), repeats=40)

    assert (seen.failure_rate > 0) == (answer_of(name) == "y")


def test_the_table_covers_every_version():
    assert {len(answers) for _, answers in PATTERNS.values()} == {5}
    assert len(PATTERNS) > 150
