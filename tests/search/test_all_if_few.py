"""The default search runs every interleaving where there are few, and goes on sampling else."""

import threading

import pytest
from together import together

from harness import explore
from harness.counters import LockedCounter, UnlockedCounter
from harness.exploration import Exploration
from harness.searched_executions import SearchedExecutions


class Cell:
    def __init__(self):
        self.value = 0


def counting(counter_type, count, rounds):
    def body():
        counter = counter_type()

        def work():
            for _ in range(rounds):
                counter.increment()

        together(*[work] * count)
        return counter.value

    return body


def all_of(body) -> Exploration:
    return explore(body, search="exhaustive", stop_at_failure=False, executions=10_000)


@pytest.mark.parametrize(("count", "rounds"), [(2, 1), (2, 2), (3, 1), (4, 1)])
def test_a_small_body_holds(count, rounds):
    exploration = explore(counting(LockedCounter, count, rounds))

    assert exploration.verdict == "holds"
    assert exploration.complete
    assert exploration.search == "auto"
    assert exploration.executions == 32 + all_of(counting(LockedCounter, count, rounds)).executions
    assert exploration.reason.startswith(
        f"It holds for every interleaving ({exploration.executions} executions)"
    )


@pytest.mark.parametrize("counter_type", [LockedCounter, UnlockedCounter])
def test_all_outcomes_of_a_small_body_are_found(counter_type):
    body = counting(counter_type, 2, 2)

    exploration = explore(body, stop_at_failure=False)

    assert exploration.complete
    assert exploration.outcomes.keys() == all_of(body).outcomes.keys()


def test_in_a_small_budget_a_quarter_is_left_to_each():
    exploration = explore(counting(LockedCounter, 2, 1), executions=20)

    assert exploration.verdict == "holds"
    assert exploration.executions == 5 + 2


def test_a_large_body_gets_nearly_its_whole_budget_as_samples():
    exploration = explore(counting(LockedCounter, 8, 3), executions=400)

    assert exploration.verdict == "no failure found"
    assert exploration.executions == 400
    assert not exploration.complete


def test_the_same_seed_makes_the_same_search():
    body = counting(UnlockedCounter, 3, 3)

    first, second = (explore(body, seed=7, executions=300, stop_at_failure=False) for _ in range(2))

    assert first == second


@pytest.mark.needs_gil
def test_under_the_gil_all_of_a_small_body_is_run_too():
    exploration = explore(counting(LockedCounter, 2, 1), model="gil")

    assert exploration.verdict == "holds"


def test_a_failure_among_all_interleavings_is_named_after_them():
    def body():
        cell = Cell()
        order = []
        lock = threading.Lock()

        def step(name):
            with lock:
                order.append(name)
                cell.value += 1

        def first():
            for name in "abc":
                step(name)

        def second():
            for name in "xyz":
                step(name)

        together(first, second)
        assert "".join(order) not in RARE

    RARE = {"axbycz", "xaybzc"}
    assert any(
        explore(body, seed=seed, executions=200, executions_to_minimize=0).found_by == "exhaustive"
        for seed in range(20)
    )


def test_who_waits_in_a_loop_does_not_keep_the_search_from_sampling():
    def body():
        cell = Cell()

        def wait():
            while not cell.value:
                pass

        def let_go():
            cell.value = 1

        together(wait, let_go)

    exploration = explore(body, executions=200)

    assert exploration.verdict == "no failure found"
    assert exploration.executions == 200

    exploration = explore(body, search="exhaustive")

    assert exploration.verdict == "inconclusive"
    assert "preemptions=1" in exploration.reason
    assert "not deterministic" not in exploration.reason

    exploration = explore(body, search="exhaustive", preemptions=1)

    assert exploration.verdict == "holds"


def test_a_body_that_differs_each_time_is_sampled():
    rounds = iter(range(10**6))

    def body():
        lock = threading.Lock()
        count = next(rounds) % 3 + 1

        def work():
            for _ in range(count):
                with lock:
                    pass

        together(work, work)

    exploration = explore(body, executions=200)

    assert exploration.verdict == "no failure found"
    assert exploration.executions == 200


def with_steps_alone(steps, body):
    """Return a body with a set-up before its threads and a look at the result after them."""

    def passes():
        filled = {}
        while len(filled) < steps:
            filled[len(filled)] = 0

    def longer():
        passes()
        body()
        passes()
        return body()

    return longer


def test_steps_that_nobody_could_interrupt_do_not_count():
    body = with_steps_alone(2_000, counting(LockedCounter, 2, 1))

    exploration = explore(body)

    assert exploration.verdict == "holds", exploration.reason
    assert exploration.executions == 32 + all_of(body).executions


@pytest.mark.thorough
def test_steps_that_nobody_could_interrupt_bound_the_time(monkeypatch):
    changes = []

    def use(executions, search):
        changes.append(executions.count)
        original(executions, search)

    original = SearchedExecutions.use
    monkeypatch.setattr(SearchedExecutions, "use", use)

    exploration = explore(with_steps_alone(2_000, counting(LockedCounter, 3, 2)), executions=130)

    assert exploration.verdict == "no failure found"
    _, began, ended = changes
    assert began == 32
    assert ended - began <= 20
