"""Reordering what does not conflict: on lists of events, and on executions of real code."""

from dataclasses import dataclass
from threading import Condition, Lock, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import Interleaving, explore
from harness.analysis.commute import stretches
from harness.control.scheduling.plan import Plan
from harness.execution import World
from harness.search.following import Following


@dataclass
class Event:
    task: int
    touched: tuple


def events(*described):
    """Return events like `(0, "r a")`, `(1, "w a p b")`: a task and how it touches what."""
    how = {"r": "read", "w": "write", "p": "part"}
    made = []
    for task, text in described:
        words = text.split()
        touched = [(what, how[kind]) for kind, what in zip(words[::2], words[1::2], strict=True)]
        made.append(Event(task, tuple(touched)))
    return made


def conflict(one, other):
    return any(
        what == others and ("write" in (how, hows) or how != hows)
        for what, how in one.touched
        for others, hows in other.touched
    )


def order_of_conflicts(found):
    """Return the pairs of conflicting events, each by task and number, in their order."""
    numbered, counts = [], {}
    for event in found:
        counts[event.task] = counts.get(event.task, 0) + 1
        numbered.append((event, (event.task, counts[event.task])))
    return {
        (first, second)
        for at, (one, first) in enumerate(numbered)
        for other, second in numbered[at + 1 :]
        if one.task == other.task or conflict(one, other)
    }


def reordered(found, *, longest):
    queues = {}
    for event in found:
        queues.setdefault(event.task, []).append(event)
    return [queues[task].pop(0) for task in stretches(found, longest=longest)]


@pytest.mark.parametrize("longest", [False, True])
def test_independent_tasks_run_one_after_the_other(longest):
    found = events((0, "w a"), (1, "w b"), (0, "w a"), (1, "w b"))

    assert stretches(found, longest=longest) == [0, 0, 1, 1]


def test_conflicting_operations_keep_their_order():
    found = events((0, "r a"), (1, "w a"), (0, "r b"), (0, "w a"))

    assert stretches(found, longest=False) == [0, 0, 1, 0]


def test_reads_commute_and_so_do_writes_of_parts():
    assert stretches(events((0, "r a"), (1, "r a"), (0, "r a")), longest=False) == [0, 0, 1]
    assert stretches(events((0, "p a"), (1, "p a"), (0, "p a")), longest=False) == [0, 0, 1]
    assert stretches(events((0, "p a"), (1, "r a"), (0, "p a")), longest=False) == [0, 1, 0]


def test_longest_stretch_goes_first_or_the_lowest_number():
    blocked = events((3, "w x"), (1, "w y"), (2, "w z"), (2, "w z"))

    assert stretches(blocked, longest=False) == [3, 1, 2, 2]
    assert stretches(blocked, longest=True) == [3, 2, 2, 1]


touches = st.tuples(st.sampled_from("abc"), st.sampled_from(["read", "write", "part"]))
lists_of_events = st.lists(
    st.builds(Event, st.integers(0, 3), st.lists(touches, max_size=2).map(tuple)), max_size=25
)


@given(lists_of_events, st.booleans())
def test_order_of_everything_that_conflicts_stays(found, longest):
    assert order_of_conflicts(reordered(found, longest=longest)) == order_of_conflicts(found)


# Executions ------------------------------------------------------------------------------------


class Cell:
    def __init__(self):
        self.value = 0
        self.mine = [0, 0, 0]
        self.lock = Lock()
        self.changed = Condition(self.lock)


def counting():
    cell = Cell()

    def work(number):
        for _ in range(3):
            cell.mine[number] += 1
        with cell.lock:
            cell.value = cell.value * 3 + number

    threads = [Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return cell.value


def handing_over():
    cell = Cell()

    def give():
        for _ in range(2):
            with cell.changed:
                while cell.value:
                    cell.changed.wait()
                cell.value = 1
                cell.changed.notify()

    def take():
        for _ in range(2):
            with cell.changed:
                while not cell.value:
                    cell.changed.wait()
                cell.value = 0
                cell.changed.notify()

    threads = [Thread(target=give), Thread(target=take)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return cell.value


@pytest.mark.parametrize("body", [counting, handing_over])
@pytest.mark.parametrize("seed", range(10))
def test_reordered_execution_ends_the_same_with_no_more_switches(body, seed):
    found = explore(body, search="random", executions=1, seed=seed).outcomes
    ((outcome, witness),) = found.items()
    with World(body, model="free-threaded", instrument=(), max_steps=10_000) as world:
        world.warm_up(Plan(Interleaving()))
        observer = world.observer(order=True)
        world.execute(Plan(witness.interleaving), observer)
        events = observer.order.events
        executions = []
        for longest in (False, True):
            again = world.observer(order=True)
            chooser = Following(stretches(events, longest=longest), again)
            executions.append(world.execute(chooser, again))

    assert {execution.outcome for execution in executions} == {outcome}
    fewest = min(len(execution.interleaving) for execution in executions)
    assert fewest <= len(witness.interleaving)
