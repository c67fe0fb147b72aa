"""Where a search that samples is not asked, because no answer leads to another outcome, and where it is."""

from contextlib import suppress
from queue import Queue
from threading import Condition, Lock, RLock

import pytest
from together import together

from harness import Interleaving, Returned, explore, run
from harness.control.scheduling.plan import Plan
from harness.execution import World
from harness.search.listing import Listing

SYNCHRONIZATION = {"acquire", "release", "wait", "notify"}


def asked_before(body):
    """Return before which synchronization a search that samples would be asked."""
    search = Listing(Plan(Interleaving()), 0)
    with World(body, model="free-threaded", instrument=(), max_steps=10_000) as world:
        world.warm_up(Plan(Interleaving()))
        world.execute(search)
    asked = {(switch.task, switch.point) for switch in search.switches}
    steps = run(body).trace.steps
    return {step.kind for step in steps if (step.task, step.point) in asked} & SYNCHRONIZATION


@pytest.mark.parametrize("make_lock", [Lock, RLock, lambda: None])
def test_who_holds_the_lock_notifies_and_waits_without_a_choice(make_lock):
    def body():
        condition, ready = Condition(make_lock()), []

        def wait():
            with condition:
                while not ready:
                    condition.wait()

        def notify():
            with condition:
                ready.append(True)
                condition.notify_all()

        together(wait, wait, notify)

    assert asked_before(body) == {"acquire"}


def test_queue_is_asked_about_only_when_its_lock_is_taken():
    def body():
        queue = Queue()
        together(lambda: queue.put(1), lambda: queue.put(2), queue.get)

    assert asked_before(body) == {"acquire"}


def test_reentrant_lock_is_asked_about_only_when_it_is_not_held_yet():
    def body():
        lock = RLock()
        depths = set()

        def twice():
            with lock, lock:
                lock.acquire()
                depths.add(lock._recursion_count())
                lock.release()

        together(twice, twice)
        return depths

    assert asked_before(body) == {"acquire"}
    assert explore(body, search="exhaustive").executions < 5


def test_notification_after_the_time_ran_out_is_found_by_a_search_that_samples():
    def body():
        condition, ready, found = Condition(), [], []

        def wait():
            with condition:
                before = len(ready)
                notified = condition.wait(timeout=1)
                found.extend((before, notified, len(ready)))

        def notify():
            with condition:
                ready.append(True)
                condition.notify()

        together(wait, notify)
        return tuple(found)

    outcomes = explore(body, search="random", executions=500, stop_at_failure=False).outcomes

    assert outcomes.keys() == {
        Returned((0, True, 1)),
        Returned((0, False, 0)),
        Returned((0, False, 1)),  # its time was over, and it came late for the lock
        Returned((1, False, 1)),
    }


def test_notification_under_the_lock_of_another_task_is_a_choice():
    def body():
        lock = Lock()
        condition = Condition(lock)

        def notify():
            with suppress(RuntimeError):
                condition.notify()

        together(lock.acquire, notify, notify)

    assert "notify" in asked_before(body)
