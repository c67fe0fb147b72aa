"""What each search chooses, without any thread: a made-up program stands for the body."""

from collections import Counter
from itertools import permutations
from math import comb, factorial, prod
from threading import Thread

import pytest

from harness import Interleaving, Switch, explore
from harness.control.scheduling.plan import Plan
from harness.control.scheduling.task import NEVER
from harness.search.exhaustive import Exhaustive
from harness.search.nondeterminism import NondeterminismError
from harness.search.pct import Pct
from harness.search.random_walk import RandomWalk
from harness.search.round_robin import RoundRobin


def execute(chooser, lengths):
    """Let tasks 0, 1, … pass `lengths` points each; return who passed them, in order.

    Like the scheduler it asks before each point, and when a task ends, if two can go on.
    """
    left = list(lengths)
    points = [0] * len(lengths)
    current, order = 0, []
    while any(left):
        ready = [task for task in range(len(left)) if left[task]]
        points[current] += 1
        others = [task for task in ready if task != current]
        runnable = [current, *others] if left[current] else others
        chosen = runnable[0]
        if len(runnable) > 1:
            chosen = chooser.choose(runnable, current, points[current], 0)
            assert chosen in runnable
        current = chosen
        left[current] -= 1
        order.append(current)
    return tuple(order)


def executions(search, lengths, most=100_000):
    found = []
    while len(found) < most and search.begin():
        found.append(execute(search, lengths))
        search.end()
    return found


def preemptions(order, lengths):
    left = Counter(dict(enumerate(lengths)))
    count, current = 0, 0
    for task in order:
        count += task != current and left[current] > 0
        left[task] -= 1
        current = task
    return count


def all_orders(lengths):
    tasks = [task for task, length in enumerate(lengths) for _ in range(length)]
    return set(permutations(tasks))


@pytest.mark.parametrize(
    "lengths", [(1, 1), (2, 2), (3, 2), (4, 4), (1, 1, 1), (2, 2, 2), (3, 1, 2)]
)
def test_exhaustive_runs_each_interleaving_once(lengths):
    found = executions(Exhaustive(), lengths)

    assert len(found) == factorial(sum(lengths)) // prod(map(factorial, lengths))
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("lengths", [(2, 2), (3, 2), (1, 1, 1), (2, 1, 2)])
@pytest.mark.parametrize("bound", [0, 1, 2, 3])
def test_exhaustive_runs_what_stays_within_the_bound(lengths, bound):
    found = executions(Exhaustive(bound), lengths)
    expected = {order for order in all_orders(lengths) if preemptions(order, lengths) <= bound}

    assert len(set(found)) == len(found)
    assert set(found) == expected


def test_exhaustive_begins_with_nobody_interrupted():
    assert executions(Exhaustive(), (2, 2), most=1) == [(0, 0, 1, 1)]


def test_exhaustive_restarts_from_the_first_execution():
    search = Exhaustive()
    first = executions(search, (2, 2), most=3)
    search.restart()

    assert executions(search, (2, 2), most=3) == first


def test_exhaustive_repeats_an_execution_that_is_begun_again():
    search = Exhaustive()
    executions(search, (2, 2), most=2)
    search.begin()
    first = execute(search, (2, 2))
    search.begin_again()

    assert execute(search, (2, 2)) == first


def test_exhaustive_says_when_the_same_choices_lead_elsewhere():
    search = Exhaustive()
    executions(search, (2, 2), most=1)
    search.begin()

    with pytest.raises(NondeterminismError, match="After the same 0 choices T0 was at"):
        search.choose([1, 0], 1, 7, 0)


def test_exhaustive_counts_the_end_of_a_timed_wait_as_a_preemption():
    search = Exhaustive(0)
    search.begin()
    assert search.choose([1, 2, 3], 0, 1, 1) == 1
    search.end()
    search.begin()
    assert search.choose([1, 2, 3], 0, 1, 1) == 2
    search.end()

    assert not search.begin()


def test_exhaustive_without_preemptions_ends_only_the_first_of_two_timed_waits():
    search = Exhaustive(0)
    chosen = []
    while search.begin():
        chosen.append(search.choose([1, 2], 0, 1, 2))
        search.end()

    assert chosen == [1]


@pytest.mark.parametrize("search", [RandomWalk, Pct])
def test_same_seed_makes_the_same_choices(search):
    assert executions(search(3), (3, 3, 2), 50) == executions(search(3), (3, 3, 2), 50)


@pytest.mark.parametrize("search", [RandomWalk, Pct])
def test_other_seed_makes_other_choices(search):
    assert executions(search(3), (3, 3, 2), 50) != executions(search(4), (3, 3, 2), 50)


@pytest.mark.parametrize("search", [RandomWalk, Pct])
def test_random_search_repeats_an_execution_that_is_begun_again(search):
    made = search(1)
    executions(made, (4, 4), 5)
    made.begin()
    first = execute(made, (4, 4))
    made.begin_again()

    assert execute(made, (4, 4)) == first


def test_random_walk_reaches_every_interleaving():
    assert set(executions(RandomWalk(0), (2, 2, 1), 2_000)) == all_orders((2, 2, 1))


def test_random_walk_ends_a_timed_wait_now_and_then():
    search = RandomWalk(0)
    search.begin()
    chosen = Counter(search.choose([0, 1, 2], 0, point, 1) for point in range(1, 1_000))

    assert 50 < chosen[2] < 200
    assert chosen[0] > 300
    assert chosen[1] > 300


def test_pct_interrupts_at_most_depth_minus_one_times():
    for order in executions(Pct(0, depth=2), (5, 5), 200):
        assert preemptions(order, (5, 5)) <= 2  # the first choice may go to another, too


def test_pct_lets_a_spinning_task_wait():
    search = Pct(0)
    search.begin()
    chosen = {search.choose([0, 1], 0, point, 0) for point in range(1, 3_000)}

    assert chosen == {0, 1}


def test_round_robin_gives_everybody_turns():
    assert execute(RoundRobin(), (3, 3, 1)) == (1, 2, 0, 1, 0, 1, 0)


def test_plan_follows_its_switches_and_else_the_default_policy():
    plan = Plan(Interleaving.parse("T0@2>T1 T1@1>T0"))

    assert plan.choose([0, 1], 0, 1, 0) == 0
    assert plan.choose([0, 1], 0, 2, 0) == 1
    assert plan.choose([1, 0], 1, 1, 0) == 0


def test_plan_ignores_a_switch_to_somebody_who_cannot_go_on():
    assert Plan(Interleaving.parse("T0@2>T7")).choose([0, 1], 0, 2, 0) == 0


def test_plan_takes_the_first_of_two_switches_at_one_point():
    assert Plan(Interleaving.parse("T0@2>T2 T0@2>T1")).choose([0, 1, 2], 0, 2, 0) == 2


def test_plan_says_at_which_points_it_wants_to_be_asked():
    plan = Plan(Interleaving((Switch(0, 5, 1), Switch(0, 2, 1), Switch(3, 1, 0))))

    assert [plan.planned(0, after) for after in (0, 1, 2, 4, 5)] == [2, 2, 5, 5, NEVER]
    assert plan.planned(3, 0) == 1
    assert plan.planned(1, 0) == NEVER


class Cell:
    def __init__(self):
        self.value = 0


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_exhaustive_search_of_real_code_runs_each_order_of_its_writes(writes):
    def body():
        cell = Cell()

        def write():
            for _ in range(writes):
                cell.value = 1

        threads = [Thread(target=write) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    exploration = explore(body, search="exhaustive", executions=5_000)

    assert exploration.verdict == "holds"
    assert exploration.executions == comb(2 * writes, writes)


def test_exhaustive_goes_on_after_code_that_only_a_later_execution_reaches():
    class Late:
        def __init__(self):
            self.ready = False
            self.missed = [0]

        def wait(self):
            for _ in range(2):  # the same place in the code, before and after what comes late
                if not self.ready:
                    self.missed.append(1)

        def announce(self):
            self.ready = True

    def body():
        late = Late()
        threads = [Thread(target=late.announce), Thread(target=late.wait)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    exploration = explore(body, search="exhaustive")

    assert exploration.verdict == "holds", exploration.reason
