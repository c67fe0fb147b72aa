"""Examples that leave nothing to interleave are passed over, and a test of only such ones says so."""

import pytest

DRAWN = """
from threading import Thread
from hypothesis import given, settings, strategies as st

@settings(database=None, deadline=None)
@given(numbers=st.lists(st.integers(), max_size={most}))
def test_all_are_kept(interleave, numbers):
    def body():
        kept = []
        threads = [Thread(target=kept.append, args=(number,)) for number in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(kept) == sorted(numbers)

    interleave(body)
"""


def test_examples_of_one_thread_are_no_failures(pytester):
    path = pytester.makepyfile(DRAWN.format(most=4))

    pytester.runpytest_subprocess(path).assert_outcomes(passed=1)


def test_a_test_without_any_other_example_does_not_pass(pytester):
    path = pytester.makepyfile(DRAWN.format(most=1))

    result = pytester.runpytest_subprocess(path)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*filtering out a lot of inputs*"])


@pytest.mark.thorough
def test_an_example_that_is_inconclusive_for_another_reason_is_no_example_to_pass_over(pytester):
    text = DRAWN.format(most=4).replace("interleave(body)", "interleave(body, max_steps=3)")
    path = pytester.makepyfile(text)

    result = pytester.runpytest_subprocess(path)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*InconclusiveError: It ran out of steps before the first thread*"]
    )
