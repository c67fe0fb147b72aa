"""POS, SURW, reversals and the portfolio on made-up programs: lists of what each task does."""

from collections import Counter
from itertools import permutations
from math import comb

import pytest

from harness import Interleaving, Switch
from harness.control.observing.conflicts import SYNCHRONIZATION, Conflict, Conflicts, Operation
from harness.search.pending import NOTHING, Pending
from harness.search.portfolio import Portfolio
from harness.search.pos import Pos
from harness.search.reversals import Reversals
from harness.search.surw import Surw

ON_A = Pending((1, "a"), True)
ON_B = Pending((1, "b"), True)
ELSEWHERE = Pending((2, "c"), True)


class Program:
    """Be tasks that do the operations of their lists; its points are numbered from 1."""

    def __init__(self, *tasks):
        self.tasks = tasks
        self.done = [0] * len(tasks)

    def pending(self, task):
        operations = self.tasks[task]
        return operations[self.done[task]] if self.done[task] < len(operations) else NOTHING

    def label(self, task):
        return "elsewhere" if self.pending(task) == ELSEWHERE else SYNCHRONIZATION

    def run(self, chooser):
        """Return who did the operations, in their order."""
        self.done = [0] * len(self.tasks)
        current, order = 0, []
        while left := [task for task in range(len(self.tasks)) if self.is_left(task)]:
            others = [task for task in left if task != current]
            runnable = [current, *others] if current in left else others
            if len(runnable) > 1:
                current = chooser.choose(runnable, current, self.done[current] + 1, 0)
            else:
                current = runnable[0]
            order.append(current)
            self.done[current] += 1
        return tuple(order)

    def is_left(self, task):
        return self.done[task] < len(self.tasks[task])


def orders(program, search, most):
    found = []
    for _ in range(most):
        search.begin()
        found.append(program.run(search))
        search.end()
    return found


def conflict(first, second, places=("one", "other"), switches=0):
    """Return a conflict of the operations at (task, point) `first` and `second`."""
    operations = [
        Operation(*where, place, True, switches, frozenset(), 1)
        for where, place in zip((first, second), places, strict=True)
    ]
    return Conflict(*operations)


def conflicts(*found, counts=()):
    made = Conflicts()
    for one in found:
        made.pairs.setdefault((one.first.place, one.second.place), []).append(one)
    made.counts.update(counts)
    return made


# POS -----------------------------------------------------------------------------------------


def test_pos_reaches_every_order_of_conflicting_operations():
    program = Program([ON_A, ON_A], [ON_A, ON_A], [ON_A])

    found = orders(program, Pos(0, program.pending), 3_000)

    assert set(found) == set(permutations([0, 0, 1, 1, 2]))


def test_pos_draws_the_order_of_two_conflicting_operations_evenly_however_much_comes_before():
    """A random walk would nearly always let the short task go first."""
    program = Program([ELSEWHERE] * 9 + [ON_A], [ON_A])

    first = Counter(
        "long" if order.index(1) == 10 else "short"
        for order in orders(program, Pos(0, program.pending), 2_000)
    )

    assert first["long"] > 150  # a random walk: 2 of 2,000


def test_pos_keeps_the_priority_of_what_did_not_conflict():
    """The one of six draws that is the lowest is as often the single task's as any other."""
    program = Program([ON_B] * 5, [ON_A])

    last = sum(order[-1] == 1 for order in orders(program, Pos(0, program.pending), 3_000))

    assert 400 < last < 600  # of 3,000 a sixth; drawn anew each time it would be one of 32


# SURW ----------------------------------------------------------------------------------------


def surw(program, seed=0):
    search = Surw(seed, program.label)
    counts = {(task, SYNCHRONIZATION): len(tasks) for task, tasks in enumerate(program.tasks)}
    search.see(conflicts(conflict((0, 1), (1, 1)), counts=counts), Interleaving())
    return search


@pytest.mark.parametrize("lengths", [(3, 3), (5, 2), (7, 1)])
def test_surw_draws_each_order_of_the_selected_operations_equally_often(lengths):
    program = Program(*([ON_A] * length for length in lengths))
    number = comb(sum(lengths), lengths[0])

    counts = Counter(orders(program, surw(program), 200 * number))

    assert len(counts) == number
    assert all(130 < count < 270 for count in counts.values())  # five standard deviations


def test_surw_draws_the_selected_ones_evenly_however_many_others_there_are():
    program = Program([ELSEWHERE] * 8 + [ON_A], [ON_A])
    search = Surw(0, program.label)
    counts = {(0, SYNCHRONIZATION): 1, (1, SYNCHRONIZATION): 1, (0, "elsewhere"): 8}
    search.see(conflicts(conflict((0, 9), (1, 1)), counts=counts), Interleaving())

    late = sum(order[-1] == 1 for order in orders(program, search, 2_000))

    assert 880 < late < 1_120


def test_surw_is_a_random_walk_as_long_as_it_has_seen_nothing():
    program = Program([ON_A] * 2, [ON_A])

    assert set(orders(program, Surw(0, program.label), 200)) == set(permutations([0, 0, 1]))


def test_surw_lets_others_go_on_when_whose_turn_it_is_spins():
    program = Program([ELSEWHERE] * 10, [ON_A])
    search = surw(program)
    search.begin()

    assert {search.choose([0, 1], 0, point, 0) for point in range(1, 5_000)} == {0, 1}


@pytest.mark.parametrize("search", [Pos, Surw])
def test_sampler_ends_a_timed_wait_now_and_then(search):
    made = search(0, lambda number: NOTHING)
    made.begin()
    chosen = Counter(made.choose([0, 1, 2], 0, point, 1) for point in range(1, 1_000))

    assert 50 < chosen[2] < 200
    assert made.choose([1], 0, 1_000, 1) == 1


@pytest.mark.parametrize(("search", "asked"), [(Pos, "pending"), (Surw, "label")])
def test_sampler_repeats_an_execution_that_is_begun_again(search, asked):
    program = Program([ON_A, ON_B] * 3, [ON_B, ON_A] * 3)
    made = search(1, getattr(program, asked))
    orders(program, made, 5)
    made.begin()
    first = program.run(made)
    made.begin_again()

    assert program.run(made) == first


# Reversals -----------------------------------------------------------------------------------

THREE_EACH = Program([ON_A] * 3, [ON_A] * 3)


def reversed_orders(*found, interleaving="", most=20):
    search = Reversals(0)
    search.see(conflicts(*found), Interleaving.parse(interleaving))
    result = []
    while len(result) < most and search.begin():
        result.append(THREE_EACH.run(search))
    return result


def test_reversal_lets_the_second_operation_come_before_the_first():
    """First the other task runs on afterwards, then the one that was held back does."""
    found = reversed_orders(conflict((0, 2), (1, 2)))

    assert found == [(0, 1, 1, 1, 0, 0), (0, 1, 1, 0, 0, 1)]


def test_reversal_comes_after_the_switches_before_it():
    found = reversed_orders(conflict((1, 3), (0, 3), switches=1), interleaving="T0@2>T1 T1@2>T0")

    assert found[0] == (0, 1, 1, 0, 0, 1)


def test_each_kind_is_reversed_before_any_is_again():
    one, other = ("one", "other"), ("this", "that")
    found = [conflict((0, 1), (1, point), one) for point in (1, 2, 3)]
    found.append(conflict((0, 3), (1, 1), other))
    search = Reversals(0)
    search.see(conflicts(*found), Interleaving())
    first = []
    while search.has_new_kinds:
        search.begin()
        first.append(THREE_EACH.run(search))

    assert len(first) == 4  # each with either task going on afterwards
    assert {order.index(1) for order in first} == {0, 2}


def test_operations_of_different_places_are_reversed_before_those_of_the_same():
    search = Reversals(0)
    same = conflict((0, 1), (1, 1), ("same", "same"))
    search.see(conflicts(same, conflict((0, 3), (1, 1))), Interleaving())
    search.begin()

    assert THREE_EACH.run(search).index(1) == 2


def test_conflict_is_reversed_once_however_often_it_is_seen():
    search = Reversals(0)
    for _ in range(3):
        search.see(conflicts(conflict((0, 2), (1, 2))), Interleaving())
    count = 0
    while search.begin():
        count += 1

    assert count == 2


def test_timed_wait_ends_where_it_was_seen():
    search = Reversals(0)
    for point in (2, 3):
        search.see_timed_wait([], Switch(0, point, 1))
    search.see_timed_wait([], Switch(0, 3, 1))
    found = []
    while search.begin():
        found.append([search.planned(0, 0), search.choose([0, 1], 0, search.planned(0, 0), 1)])

    assert found == [[2, 1], [3, 1]]


def test_no_conflict_is_nothing_to_reverse():
    assert not Reversals(0).begin()


# The portfolio -------------------------------------------------------------------------------


def parts(portfolio, turns):
    found = []
    for _ in range(turns):
        assert portfolio.begin()
        THREE_EACH.run(portfolio)
        portfolio.end()
        found.append(portfolio.part)
    return found


def test_portfolio_begins_with_nobody_interrupted():
    portfolio = Portfolio(0, 100, THREE_EACH.pending, THREE_EACH.label)
    portfolio.begin()

    assert portfolio.part == "empty interleaving"
    assert THREE_EACH.run(portfolio) == (0, 0, 0, 1, 1, 1)


def test_portfolio_reverses_what_it_has_seen_and_gives_every_part_its_turns():
    portfolio = Portfolio(0, 100, THREE_EACH.pending, THREE_EACH.label)
    portfolio.see(conflicts(conflict((0, 2), (1, 2))), Interleaving())
    found = parts(portfolio, 40)

    assert found[:4] == ["empty interleaving", "reversal", "surw", "reversal"]
    assert set(found[4:]) == {"pct", "pos", "random", "surw"}
    assert all(found.count(sampler) >= 4 for sampler in ("pct", "pos", "random", "surw"))


def test_portfolio_spends_at_most_a_quarter_of_the_budget_on_first_reversals():
    portfolio = Portfolio(0, 40, THREE_EACH.pending, THREE_EACH.label)
    many = [conflict((0, 2), (1, 2), (number, "other")) for number in range(100)]
    portfolio.see(conflicts(*many), Interleaving())
    found = parts(portfolio, 40)

    assert {"pct", "pos", "random"} <= set(found[10:])


def test_portfolio_makes_the_same_sequence_for_the_same_seed():
    def sequence(seed):
        portfolio = Portfolio(seed, 100, THREE_EACH.pending, THREE_EACH.label)
        portfolio.see(conflicts(conflict((0, 2), (1, 2))), Interleaving())
        made = []
        for _ in range(50):
            portfolio.begin()
            made.append((portfolio.part, THREE_EACH.run(portfolio)))
            portfolio.end()
        return made

    assert sequence(3) == sequence(3)
    assert sequence(3) != sequence(4)
