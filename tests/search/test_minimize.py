"""Minimizing is a function of two others: no thread is needed to test it."""

from threading import Thread
from types import SimpleNamespace

import pytest

from harness import Interleaving, Switch, explore
from harness.analysis.minimize import minimize

POINTS = [Switch(task, point, 1 - task) for task in (0, 1) for point in range(1, 7)]


def candidates(interleaving):
    """Return the switches after the last one, in their order."""
    if not interleaving.switches:
        return POINTS
    return POINTS[POINTS.index(interleaving.switches[-1]) + 1 :]


class Fails:
    """Fail if `needed(switches)`; count the calls."""

    def __init__(self, needed):
        self.needed = needed
        self.calls = 0

    def __call__(self, interleaving):
        self.calls += 1
        return interleaving if self.needed(set(interleaving.switches)) else None


def made(*numbers):
    return Interleaving(tuple(POINTS[number] for number in numbers))


def test_takes_away_what_is_not_needed():
    fails = Fails(lambda switches: POINTS[4] in switches)

    found = minimize(made(0, 2, 4, 6, 8), fails, candidates, 1_000)

    assert found.interleaving == made(4)
    assert found.proven


def test_returns_the_empty_interleaving_when_nothing_is_needed():
    found = minimize(made(1, 2, 3), Fails(lambda switches: True), candidates, 1_000)

    assert found.interleaving == Interleaving()
    assert found.proven


def test_finds_a_smaller_one_with_other_switches():
    """Neither of the two switches can go alone, but another one does it by itself."""
    fails = Fails(lambda switches: {POINTS[3], POINTS[9]} <= switches or POINTS[7] in switches)

    found = minimize(made(3, 9), fails, candidates, 1_000)

    assert found.interleaving == made(7)
    assert found.proven


def test_moves_the_switch_to_the_first_point():
    fails = Fails(lambda switches: bool(switches & {POINTS[2], POINTS[5], POINTS[8]}))

    assert minimize(made(8), fails, candidates, 1_000).interleaving == made(2)


def test_ends_at_the_first_pair_from_wherever_it_starts():
    pairs = [(1, 8), (2, 3), (2, 9), (4, 5), (6, 11)]
    fails = Fails(lambda switches: any({POINTS[a], POINTS[b]} <= switches for a, b in pairs))

    found = {minimize(made(*pair), fails, candidates, 1_000).interleaving for pair in pairs}

    assert found == {made(1, 8)}


def test_moves_an_earlier_switch_after_a_later_one_has_moved():
    triples = [(0, 4, 6), (1, 4, 6), (1, 4, 8), (1, 5, 8)]
    fails = Fails(
        lambda switches: any(
            {POINTS[number] for number in triple} <= switches for triple in triples
        )
    )

    assert minimize(made(1, 5, 8), fails, candidates, 5_000).interleaving == made(0, 4, 6)


@pytest.mark.parametrize("budget", [0, 1, 5, 9])
def test_keeps_to_the_budget(budget):
    fails = Fails(lambda switches: {POINTS[3], POINTS[9]} <= switches)

    found = minimize(made(0, 3, 5, 9, 11), fails, candidates, budget)

    assert fails.calls <= budget
    assert fails.needed(set(found.interleaving.switches))
    assert not found.proven


def test_never_claims_a_proof_that_it_could_not_finish():
    fails = Fails(lambda switches: {POINTS[1], POINTS[4], POINTS[9]} <= switches)

    assert not minimize(made(1, 4, 9), fails, candidates, 30).proven
    assert minimize(made(1, 4, 9), fails, candidates, 3_000).proven


def test_takes_the_canonical_form_that_it_is_given():
    """What was run may be shorter than what was asked for: switches that did not apply."""

    def fails(interleaving):
        return made(4) if POINTS[4] in interleaving.switches else None

    assert minimize(made(0, 4, 6), fails, candidates, 1_000).interleaving == made(4)


def test_takes_one_switch_in_the_place_of_two():
    """Of four none can go alone, but two of them and another one do what all four do."""
    fails = Fails(
        lambda switches: (
            {POINTS[number] for number in (0, 3, 6, 9)} <= switches
            or {POINTS[number] for number in (3, 5, 9)} <= switches
        )
    )

    found = minimize(made(0, 3, 6, 9), fails, candidates, 150)

    assert set(found.interleaving.switches) == {POINTS[number] for number in (3, 5, 9)}


def test_takes_a_reordered_one_that_has_fewer_switches():
    fails = Fails(lambda switches: len(switches) >= 5 or {POINTS[2], POINTS[7]} <= switches)

    found = minimize(
        made(0, 1, 3, 4, 5), fails, candidates, 1_000, lambda failing: [made(1, 6), made(2, 7)]
    )

    assert found.interleaving == made(2, 7)
    assert found.proven


def test_proves_nothing_when_there_are_more_than_can_be_tried():
    fails = Fails(lambda switches: len(switches) >= 5)

    found = minimize(made(0, 1, 3, 4, 5), fails, candidates, 400)

    assert not found.proven
    assert fails.calls <= 400


def test_a_body_that_can_no_longer_be_interrupted_is_no_error():
    fails = Fails(lambda switches: len(switches) == 3)

    found = minimize(made(1, 5, 9), fails, lambda _: [], 1_000)

    assert found.interleaving == made(1, 5, 9)
    assert found.proven


def test_nothing_is_proven_without_the_executions_to_try_all_that_is_smaller():
    for budget in range(len(POINTS) + 1):
        fails = Fails(lambda switches: len(switches) >= 2)

        assert not minimize(made(1, 5), fails, candidates, budget).proven


def test_ends_when_nothing_more_can_be_afforded():
    fails = Fails(lambda switches: {POINTS[4], POINTS[6]} <= switches)

    found = minimize(
        made(0, 2, 4, 6, 8), fails, candidates, 1_000, affordable=lambda: 10 - fails.calls
    )

    assert fails.calls == 10
    assert len(found.interleaving) < 5
    assert not found.proven


# Tries that never end --------------------------------------------------------------------------


def waits_for_ever_unless_an_update_is_lost():
    """Fail if an update is lost, and else wait for the last thread, which needs a fair schedule.

    The loop writes, so it is not seen to spin.
    """
    shared = SimpleNamespace(count=0, looks=0, stop=False)

    def count():
        shared.count += 1

    def stop():
        shared.stop = True

    threads = [Thread(target=target) for target in (count, count, stop)]
    for thread in threads:
        thread.start()
    for thread in threads[:2]:
        thread.join()
    while shared.count == 2 and not shared.stop:
        shared.looks += 1
    threads[2].join()
    assert shared.count == 2


def test_try_that_never_ends_is_cut_off_and_nothing_is_claimed_of_it():
    exploration = explore(waits_for_ever_unless_an_update_is_lost, max_steps=50_000)

    assert exploration.verdict == "violated"
    assert len(exploration.failure.interleaving) == 1
    assert exploration.failure.smaller == "No smaller one was found"
    assert exploration.steps < 200_000
