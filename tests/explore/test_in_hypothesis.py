"""Hypothesis asks for many failures to show one: the others are raised as they were met."""

from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import check, explore


def lose_an_increment(threads):
    counts = [0]

    def count():
        value = counts[0]
        counts[0] = value + 1

    workers = [Thread(target=count) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert counts == [threads]


def failures_of(look):
    """Return what `look` raised for each example, in order, and what Hypothesis raised."""
    failures = []

    @settings(database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(2, 6))
    def test(threads):
        try:
            look(lambda: lose_an_increment(threads))
        except AssertionError as error:
            failures.append(error.harness_failure)
            raise

    with pytest.raises(AssertionError) as raised:
        test()
    return failures, raised.value


def test_only_the_failure_that_is_shown_is_made_minimal_and_looked_at_in_both_models():
    failures, raised = failures_of(check)

    assert len(failures) > 1
    assert raised.harness_failure is failures[-1]
    for failure in failures[:-1]:
        assert failure.affects == ()
        assert failure.smaller == "No smaller one was found"
    assert failures[-1].affects
    assert failures[-1].smaller == "No smaller number of switches fails in this way"
    assert failures[-1].report in raised.__notes__


def test_all_failures_that_a_test_can_look_at_are_alike():
    failures = []

    @settings(database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(2, 2))
    def test(threads):
        failure = explore(lambda: lose_an_increment(threads)).failure
        failures.append(failure)
        assert failure is None

    with pytest.raises(AssertionError):
        test()

    assert len(failures) > 1
    assert {failure.report for failure in failures} == {failures[0].report}


def test_outside_of_a_hypothesis_test_every_failure_is_shown():
    with pytest.raises(AssertionError) as raised:
        check(lambda: lose_an_increment(3))

    assert raised.value.harness_failure.affects
