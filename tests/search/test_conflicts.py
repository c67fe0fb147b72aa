"""Which operations of a real execution conflict."""

from threading import Condition, Event, Lock
from types import SimpleNamespace

import pytest
from together import together

from harness import Interleaving
from harness.control.scheduling.plan import Plan
from harness.execution import World


def names_of(body):
    """Return the conflicts of the empty interleaving: what the two tasks do, in their order."""
    with World(body, model="free-threaded", instrument=(), max_steps=10_000) as world:
        world.warm_up(Plan(Interleaving()))
        observer = world.observer(conflicts=True)
        world.execute(Plan(Interleaving()), observer)

    def name(operation):
        place = operation.place
        what = place[0] if isinstance(place, tuple) else f"{place.kind} {place.name}"
        return f"T{operation.task} {what}"

    return {
        (name(conflict.first), name(conflict.second))
        for found in observer.conflicts.pairs.values()
        for conflict in found
    }


def write_and_read():
    cell = SimpleNamespace(a=0, b=0)

    def write():
        cell.a = 1
        cell.b = 1

    together(write, lambda: cell.a)


def under_a_lock():
    cell, lock = SimpleNamespace(a=0), Lock()

    def count():
        with lock:
            cell.a += 1

    together(count, count)


def under_two_locks():
    cell, one, other = SimpleNamespace(a=0), Lock(), Lock()

    def write(lock):
        with lock:
            cell.a = 1

    together(lambda: write(one), lambda: write(other))


def one_after_the_other():
    cell = SimpleNamespace(a=0)

    def write():
        cell.a = 1

    together(write)
    together(write)
    write()


def reads():
    cell = SimpleNamespace(a=0)
    together(lambda: cell.a, lambda: cell.a)


def different_attributes():
    cell = SimpleNamespace(a=0, b=0)

    def write_a():
        cell.a = 1

    def write_b():
        cell.b = 1

    together(write_a, write_b)


def attribute_by_name():
    cell = SimpleNamespace(a=0)

    def delete():
        del cell.a

    together(lambda: hasattr(cell, "a"), delete)


def condition():
    cell, changed = SimpleNamespace(a=0), Condition()

    def wait():
        with changed:
            while not cell.a:
                changed.wait()

    def change():
        with changed:
            cell.a = 1
            changed.notify()

    together(wait, change)


CONFLICTS = {
    write_and_read: {("T1 write_attribute a", "T2 read_attribute a")},
    under_a_lock: {("T1 acquire", "T2 acquire")},
    under_two_locks: {("T1 write_attribute a", "T2 write_attribute a")},
    one_after_the_other: set(),
    reads: set(),
    different_attributes: set(),
    attribute_by_name: {("T1 call_two ", "T2 delete_attribute a")},
    condition: {("T1 acquire", "T2 acquire"), ("T2 acquire", "T1 wake")},
}


@pytest.mark.parametrize("body", CONFLICTS, ids=lambda body: body.__name__)
def test_conflicts_are_what_could_be_the_other_way_round(body):
    assert names_of(body) == CONFLICTS[body]


def test_operations_of_an_event_conflict():
    def body():
        ready = Event()

        def announce():
            ready.set()

        together(announce, lambda: ready.is_set())

    assert ("T1 set", "T2 is_set") in names_of(body)
