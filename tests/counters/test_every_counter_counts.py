"""The regression suite to copy: every candidate counter, under drawn threads and interleavings.

For every candidate the final total is threads x iterations, or the harness finds the interleaving
that loses an increment and Hypothesis shrinks it to two threads, one increment each, one switch.
What each candidate says about itself is checked in test_expectations.py.
"""

import pytest
from hypothesis import HealthCheck, Phase, event, given, seed, settings

from harness import Interleaving, Returned, check, explore, run, stress
from harness.counters import (
    CANDIDATES,
    ForgottenPathCounter,
    PlusEqualsCounter,
    UnlockedCounter,
    count,
)
from strategies import interleavings, iteration_counts, switch_intervals, thread_counts

CORRECT = [candidate for candidate in CANDIDATES if candidate.expected.holds]
BROKEN = [candidate for candidate in CANDIDATES if not candidate.expected.holds]
STORY = (UnlockedCounter, PlusEqualsCounter)
WITH_ONE_SWITCH = [kind for kind in BROKEN if kind.expected.free_threaded.switches == 1]
WITH_AN_EARLY_SWITCH = (*STORY, ForgottenPathCounter)  # so early that a draw hits it by chance


def with_seeds(candidates):
    """Pair the story's candidates with 50 seeds, five by default; others with ten, one by default."""
    return [
        pytest.param(
            candidate,
            number,
            marks=[] if number < (5 if candidate in STORY else 1) else [pytest.mark.thorough],
        )
        for candidate in candidates
        for number in range(50 if candidate in STORY else 10)
    ]


def body_of(candidate, threads, iterations):
    """Return the body: count, and compare with what the total must be."""

    def body():
        total = count(candidate, threads, iterations)
        assert total == threads * iterations

    return body


# 1. What holds, holds under every interleaving that Hypothesis draws, and on real threads.


@pytest.mark.parametrize("candidate", CORRECT)
@given(
    threads=thread_counts(max_value=4),
    iterations=iteration_counts(max_value=5),
    interleaving=interleavings(max_task=4),
)
@settings(max_examples=50)
def test_a_correct_counter_counts_under_a_drawn_interleaving(
    candidate, threads, iterations, interleaving
):
    run(body_of(candidate, threads, iterations), interleaving).result()


@pytest.mark.parametrize("candidate", CORRECT)
@given(threads=thread_counts(max_value=3), iterations=iteration_counts(max_value=3))
@settings(max_examples=20)
def test_a_correct_counter_counts_whatever_the_search_tries(candidate, threads, iterations):
    check(body_of(candidate, threads, iterations))


@pytest.mark.parametrize("candidate", CORRECT)
def test_a_correct_counter_holds_for_every_interleaving_within_the_bound(candidate):
    for threads, iterations in ((2, 1), (2, 2)):
        exploration = explore(
            body_of(candidate, threads, iterations),
            search="exhaustive",
            preemptions=2,
            executions=1_000_000,
        )

        assert exploration.verdict == "holds"


@pytest.mark.parametrize("candidate", CANDIDATES)
@given(
    threads=thread_counts(max_value=4),
    iterations=iteration_counts(max_value=100),
    interval=switch_intervals(),
)
@settings(max_examples=5)
def test_real_threads_confirm_what_is_correct(candidate, threads, iterations, interval):
    result = stress(body_of(candidate, threads, iterations), switch_interval=interval, repeats=2)

    event(f"{candidate.__name__} lost increments", payload=result.failure_rate > 0)
    if candidate.expected.holds:
        assert set(result.outcomes) == {Returned(None)}


# 2. What is broken is caught within Hypothesis's 100 examples, whatever the seed, and shrunk.


def smallest_case(make_test, max_examples):
    """Run a Hypothesis test that must fail, and return what it noted for its smallest example."""
    cases = []
    test = settings(
        max_examples=max_examples,
        database=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )(make_test(cases.append))
    with pytest.raises(AssertionError):
        test()
    return cases[-1]


@pytest.mark.parametrize(("candidate", "number"), with_seeds(WITH_ONE_SWITCH))
def test_a_broken_counter_is_caught_and_shrunk(candidate, number):
    def make_test(note_case):
        @seed(number)
        @given(thread_counts(), iteration_counts(max_value=20), interleavings())
        def count_and_compare(threads, iterations, interleaving):
            body = body_of(candidate, threads, iterations)
            execution = run(body, interleaving)
            failure = explore(body).failure or execution
            if not isinstance(failure.outcome, Returned):
                note_case((threads, iterations, len(failure.interleaving)))
            execution.result()
            check(body)

        return count_and_compare

    expected = candidate.expected.free_threaded
    smallest = (expected.threads, expected.iterations, expected.switches)
    assert smallest_case(make_test, max_examples=100) == smallest


@pytest.mark.parametrize(("candidate", "number"), with_seeds(WITH_AN_EARLY_SWITCH))
def test_a_drawn_interleaving_shrinks_without_a_search(candidate, number):
    def make_test(note_case):
        @seed(number)
        @given(
            thread_counts(max_value=4),
            iteration_counts(max_value=10),
            interleavings(max_task=4, max_point=8),
        )
        def count_and_compare(threads, iterations, interleaving):
            execution = run(body_of(candidate, threads, iterations), interleaving)
            if not isinstance(execution.outcome, Returned):
                note_case((threads, iterations, len(interleaving)))
            execution.result()

        return count_and_compare

    threads, iterations, switches = smallest_case(make_test, max_examples=1_000)

    assert (threads, iterations) == (2, 1)
    assert switches <= 2  # `T1@1>T2 T2@5>T1` says with two what `T1@5>T2` says with one


@pytest.mark.parametrize("candidate", BROKEN)
def test_the_smallest_counterexample_can_be_kept_for_ever(candidate):
    failure = explore(body_of(candidate, 2, 1)).failure
    kept = Interleaving.parse(str(failure.interleaving))

    execution = run(body_of(candidate, 2, 1), kept)

    assert execution.outcome == failure.outcome
    assert execution.interleaving == kept
