"""What is known about a script is corrected by the execution that is shown."""

from harness.analysis.locksets import Protection
from harness.spotting.result import Spotted

LINE = ("script.py", 1)
UNDER_A_LOCK = Protection("n", LINE, locks=("lock",))
MISSING = Protection("n", LINE, writers=(1, 2))
OTHER = Protection("m", LINE, locks=("lock",))


def corrected(before, shown):
    spotted = Spotted(name="script", protections=list(before))
    spotted.correct(list(shown))
    return spotted.protections, spotted.contradicted


def test_a_lock_that_was_not_always_held_is_no_longer_claimed():
    assert corrected([UNDER_A_LOCK, OTHER], [MISSING]) == ([MISSING, OTHER], True)


def test_two_locations_of_the_same_name_may_both_be_named():
    shown = [MISSING, UNDER_A_LOCK]

    assert corrected([UNDER_A_LOCK], shown) == ([MISSING, UNDER_A_LOCK], True)


def test_what_was_known_to_be_missing_stays_as_it_was():
    before = [Protection("n", LINE, writers=(1, 2, 3)), OTHER]

    assert corrected(before, [MISSING]) == (before, False)
