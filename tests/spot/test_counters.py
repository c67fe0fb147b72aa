"""`harness counters`: a line for each, or the reports of those that are named."""

import pytest


@pytest.mark.needs_gil
def test_plus_equals_counts_under_the_gil_and_not_without_it(harness):
    free = harness.run("counters", "PlusEqualsCounter", status=0).stdout
    gil = harness.run("counters", "PlusEqualsCounter", "--model", "gil", status=0).stdout

    assert "PlusEqualsCounter: violated" in free
    assert "Lost update: T1 and T2 both read PlusEqualsCounter.count before either wrote" in free
    assert "PlusEqualsCounter: holds" in gil


def test_an_unknown_counter_is_refused(harness):
    error = harness.run("counters", "Nothing", status=2).stderr

    assert "There is no counter 'Nothing'. Name one of UnlockedCounter, " in error
