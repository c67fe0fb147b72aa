"""Primitives that a program made before the exploration, wherever it keeps them."""

import threading
from threading import Barrier as CapturedBarrier
from threading import BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore, Thread

import pytest

from harness import Deadlocked, Returned, UsageError, explore, run

GLOBAL_LOCK = Lock()
GLOBAL_RLOCK = RLock()
IN_A_TUPLE = (Lock(), RLock())
IN_A_DICT = {"lock": Lock()}
IN_A_LIST = [Lock()]


class Holder:
    lock = Lock()
    rlock = RLock()

    def __init__(self):
        self.own = Lock()

    def locked_by_class(self):
        return self.lock


class Slotted:
    __slots__ = ("lock",)

    def __init__(self):
        self.lock = Lock()


HOLDER, SLOTTED = Holder(), Slotted()


def made_by_a_closure():
    lock = Lock()

    def get():
        return lock

    return get


CLOSURE = made_by_a_closure()


def default_argument(lock=Lock(), *, other=RLock()):  # noqa: B008  that is what is tested
    return lock, other


PLACES = {
    "global": lambda: GLOBAL_LOCK,
    "global RLock": lambda: GLOBAL_RLOCK,
    "tuple": lambda: IN_A_TUPLE[0],
    "tuple RLock": lambda: IN_A_TUPLE[1],
    "dict": lambda: IN_A_DICT["lock"],
    "list": lambda: IN_A_LIST[0],
    "class": lambda: Holder.lock,
    "class RLock": lambda: Holder.rlock,
    "instance": lambda: HOLDER.own,
    "through self": HOLDER.locked_by_class,
    "slot": lambda: SLOTTED.lock,
    "closure": CLOSURE,
    "default argument": lambda: default_argument()[0],
    "keyword default": lambda: default_argument()[1],
}


def exclude(enter, leave):
    """Return how many were inside at most, of two threads that enter and leave."""
    inside, most = [], []

    def work():
        for _ in range(2):
            enter()
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            leave()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most


@pytest.mark.parametrize("place", PLACES)
def test_with_statement_on_an_early_lock_excludes(world, place):
    def body():
        inside, most = [], []

        def work():
            for _ in range(2):
                with PLACES[place]():
                    inside.append(1)
                    most.append(len(inside))
                    inside.pop()

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return most

    assert world(body) == [1] * 4


@pytest.mark.parametrize("place", PLACES)
def test_acquire_and_release_of_an_early_lock_exclude(world, place):
    def body():
        return exclude(lambda: PLACES[place]().acquire(), lambda: PLACES[place]().release())

    assert world(body) == [1] * 4


def test_methods_of_an_early_lock_taken_inside_exclude(world):
    def body():
        lock = GLOBAL_LOCK
        return exclude(lock.acquire, lock.release)

    assert world(body) == [1] * 4


def test_locked_sees_that_an_early_lock_is_held(world):
    def body():
        with GLOBAL_LOCK:
            inside = GLOBAL_LOCK.locked()
        return inside, GLOBAL_LOCK.locked()

    assert world(body) == (True, False)


CONDITION = Condition()
CONDITION_WITH_LOCK = Condition(GLOBAL_LOCK)
SHARED = Lock()
FIRST, SECOND = Condition(SHARED), Condition(SHARED)


@pytest.mark.parametrize("condition", [CONDITION, CONDITION_WITH_LOCK], ids=["RLock", "Lock"])
def test_early_condition_hands_over(world, condition):
    def body():
        steps = []

        def work():
            with condition:
                steps.append("ready")
                condition.notify_all()

        thread = Thread(target=work)
        thread.start()
        with condition:
            while not steps:
                condition.wait()
        thread.join()
        return steps

    assert world(body) == ["ready"]


@pytest.mark.parametrize("condition", [CONDITION, CONDITION_WITH_LOCK], ids=["RLock", "Lock"])
def test_early_condition_excludes_with_acquire_and_release(world, condition):
    def body():
        return exclude(lambda: condition.acquire(), lambda: condition.release())

    assert world(body) == [1] * 4


def test_early_conditions_share_their_lock_with_the_lock_itself(world):
    def body():
        steps = []

        def work():
            with FIRST:
                while "go" not in steps:
                    FIRST.wait()
                steps.append("gone")
                SECOND.notify()

        thread = Thread(target=work)
        thread.start()
        with SHARED:
            steps.append("go")
            FIRST.notify()
        with SECOND:
            while "gone" not in steps:
                SECOND.wait()
        thread.join()
        return steps

    assert world(body) == ["go", "gone"]


EVENT, SEMAPHORE, BOUNDED = Event(), Semaphore(2), BoundedSemaphore(1)
BARRIER = CapturedBarrier(2)


def test_early_event_is_waited_for(world):
    def body():
        thread = Thread(target=EVENT.set)
        thread.start()
        answer = EVENT.wait()
        thread.join()
        EVENT.clear()
        return answer

    assert world(body) is True


@pytest.mark.parametrize("semaphore", [SEMAPHORE, BOUNDED], ids=["Semaphore", "Bounded"])
def test_early_semaphore_excludes(world, semaphore):
    def body():
        return max(exclude(semaphore.acquire, semaphore.release)) <= semaphore._value

    assert world(body) is True


def test_early_barrier_gathers(world):
    def body():
        come, seen = [], []

        def work():
            come.append(1)
            BARRIER.wait()
            seen.append(len(come))

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return seen

    assert world(body) == [2, 2]


def test_what_an_execution_does_to_early_primitives_is_undone_before_the_next():
    def body():
        thread = Thread(target=lambda: (EVENT.set(), SEMAPHORE.acquire(), BOUNDED.acquire()))
        before = (EVENT.is_set(), SEMAPHORE._value, BOUNDED._value, GLOBAL_LOCK.locked())
        thread.start()
        thread.join()
        GLOBAL_LOCK.acquire()
        GLOBAL_RLOCK.acquire()
        CONDITION.acquire()
        return before

    exploration = explore(body, search="random", executions=5)
    after = (EVENT.is_set(), SEMAPHORE._value, BOUNDED._value, GLOBAL_LOCK.locked())

    assert list(exploration.outcomes) == [Returned((False, 2, 1, False))]
    assert after == (False, 2, 1, False)


def test_deadlock_of_early_locks_is_found_and_leaves_them_free():
    first, second = Holder.lock, GLOBAL_LOCK

    def take(one, other):
        with one, other:
            pass

    def body():
        threads = [Thread(target=take, args=pair) for pair in ((first, second), (second, first))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    exploration = explore(body)

    assert type(exploration.failure.outcome) is Deadlocked
    assert (first.locked(), second.locked()) == (False, False)


def test_lock_made_under_control_can_be_used_afterwards():
    def body():
        made = [Lock(), RLock(), Condition(), Event(), Semaphore(1)]
        for lock in (made[0], made[1], made[2], made[4]):
            lock.acquire()
        return made

    lock, rlock, condition, event, semaphore = run(body).result()
    got = []

    def work():
        got.append(lock.acquire(timeout=5))
        got.append(rlock.acquire(timeout=5))
        with condition:
            condition.notify()
        event.set()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert (got, lock.locked(), event.is_set(), semaphore._value) == ([True, True], True, True, 0)


class DerivedRLock(type(GLOBAL_RLOCK)):
    """Be a lock in C that no controlled one can stand for."""


@pytest.mark.parametrize("make", [DerivedRLock, lambda: Condition(DerivedRLock())])
def test_lock_of_a_class_derived_from_the_one_in_c_is_refused(make):
    def body():
        lock, numbers = make(), [0]

        def work():
            with lock:
                numbers[0] += 1

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return numbers

    with pytest.raises(UsageError, match="DerivedRLock is derived from"):
        explore(body)
