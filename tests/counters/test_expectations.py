"""What each counter says about itself is true: its smallest counterexample, or that it holds."""

import pytest

from harness import UsageError, explore
from harness.arguments import check_model
from harness.counters import (
    CANDIDATES,
    ConditionCounter,
    OptimisticCounter,
    QueueCounter,
    RLockCounter,
    SemaphoreCounter,
    count,
)

THREADS_AND_ITERATIONS = ((3, 1), (2, 2))
LARGE = {  # searches of thousands of executions
    (RLockCounter, 3, 1),
    (SemaphoreCounter, 3, 1),
    (ConditionCounter, 3, 1),
    (OptimisticCounter, 3, 1),
    (QueueCounter, 2, 2),
    (QueueCounter, 3, 1),
}


def is_available(model):
    try:
        check_model(model)
    except UsageError:
        return False
    return True


MODELS = [model for model in ("free-threaded", "gil") if is_available(model)]


def bound_of(candidate, threads):
    """Return the bound: with four tasks and a queue between them two preemptions take an hour."""
    return 1 if (candidate, threads) == (QueueCounter, 3) else 2


def body_of(candidate, threads, iterations):
    def body():
        total = count(candidate, threads, iterations)
        assert total == threads * iterations

    return body


def searched(candidate, threads, iterations, model):
    return explore(
        body_of(candidate, threads, iterations),
        search="exhaustive",
        preemptions=bound_of(candidate, threads),
        executions=1_000_000,
        model=model,
    )


SMALL = 2  # threads


def broken():
    for model in MODELS:
        for candidate in CANDIDATES:
            if candidate.expected.under(model) is not None:
                yield candidate, model


def holding():
    for model in MODELS:
        for candidate in CANDIDATES:
            for threads, iterations in THREADS_AND_ITERATIONS:
                if candidate.expected.under(model) is None:
                    takes_long = model == "gil" and threads > SMALL
                    large = takes_long or (candidate, threads, iterations) in LARGE
                    marks = [pytest.mark.thorough] if large else []
                    yield pytest.param(candidate, threads, iterations, model, marks=marks)


@pytest.mark.parametrize(("candidate", "model"), list(broken()))
def test_the_stated_counterexample_is_found_and_none_has_fewer_switches(candidate, model):
    expected = candidate.expected.under(model)

    failure = searched(candidate, expected.threads, expected.iterations, model).failure

    assert len(failure.interleaving) == expected.switches
    assert failure.smaller == "No smaller number of switches fails in this way"


@pytest.mark.parametrize(("candidate", "model"), list(broken()))
def test_the_stated_counterexample_has_the_smallest_size(candidate, model):
    expected = candidate.expected.under(model)

    assert expected.iterations == 1
    assert searched(candidate, expected.threads - 1, 1, model).failure is None


@pytest.mark.parametrize(("candidate", "threads", "iterations", "model"), list(holding()))
def test_what_is_said_to_hold_holds_within_the_bound(candidate, threads, iterations, model):
    exploration = searched(candidate, threads, iterations, model)

    assert exploration.verdict == "holds"


def test_the_candidates_are_those_of_which_the_story_tells():
    assert {True, False} == {candidate.expected.holds for candidate in CANDIDATES}
    assert len({candidate.__name__ for candidate in CANDIDATES}) == len(CANDIDATES) == 17
