"""Locks of `multiprocessing` that threads of one process use."""

import multiprocessing

import pytest
from together import together

from harness import Deadlocked, explore

EARLY_LOCK = multiprocessing.Lock()
EARLY_RLOCK = multiprocessing.RLock()
EARLY_SEMAPHORE = multiprocessing.Semaphore(1)
EARLY_CONDITION = multiprocessing.Condition()
EARLY_VALUE = multiprocessing.Value("i", 0)
KINDS = (
    *(multiprocessing.Lock, multiprocessing.RLock, multiprocessing.Semaphore),
    *(multiprocessing.BoundedSemaphore, multiprocessing.Condition),
)
EARLY = (EARLY_LOCK, EARLY_RLOCK, EARLY_SEMAPHORE, EARLY_CONDITION)


def count_under(lock_of, *, with_statement=True):
    def body():
        lock, counts = lock_of(), {"n": 0}

        def count():
            if with_statement:
                with lock:
                    counts["n"] += 1
            else:
                lock.acquire()
                counts["n"] += 1
                lock.release()

        together(count, count)
        assert counts["n"] == 2

    return body


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_excludes_others(kind, carrier):
    assert explore(count_under(kind), search="exhaustive", carrier=carrier).verdict == "holds"


@pytest.mark.parametrize("with_statement", [True, False])
@pytest.mark.parametrize("early", EARLY, ids=lambda early: type(early).__name__)
def test_one_that_was_made_early_does_too(early, with_statement):
    body = count_under(lambda: early, with_statement=with_statement)
    assert explore(body, search="exhaustive").verdict == "holds"
    assert early.acquire(timeout=1)  # and it is a real one again
    early.release()


def test_two_that_are_taken_in_both_orders_deadlock():
    def body():
        one, other = multiprocessing.Lock(), multiprocessing.Lock()

        def take(first, second):
            with first, second:
                pass

        together(lambda: take(one, other), lambda: take(other, one))

    exploration = explore(body)
    assert type(exploration.failure.outcome) is Deadlocked
    assert len(exploration.failure.interleaving) == 1


def test_one_that_was_left_held_is_free_in_the_next_execution():
    def body():
        together(EARLY_LOCK.acquire, lambda: None)
        assert not EARLY_LOCK.acquire(block=False)
        return True

    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert {outcome.value for outcome in exploration.outcomes} == {True}


def test_a_value_is_read_and_written_in_two_steps():
    def body():
        EARLY_VALUE.value = 0

        def count():
            EARLY_VALUE.value += 1

        together(count, count)
        return EARLY_VALUE.value

    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert {outcome.value for outcome in exploration.outcomes} == {1, 2}


def test_a_value_under_its_lock_is_counted_up():
    def body():
        value = multiprocessing.Value("i", 0)

        def count():
            with value.get_lock():
                value.value += 1

        together(count, count)
        assert value.value == 2

    assert explore(body, search="exhaustive").verdict == "holds"


def test_an_event_is_waited_for():
    def body():
        event, seen = multiprocessing.Event(), []

        def wait():
            event.wait()
            seen.append(1)

        together(wait, event.set)
        assert seen == [1]

    assert explore(body, search="exhaustive").verdict == "holds"


def test_a_timeout_may_run_out():
    def body():
        lock, got = multiprocessing.Lock(), []

        def take():
            if lock.acquire(timeout=1):
                lock.release()
            else:
                got.append(False)

        together(take, take)
        return got

    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert {len(outcome.value) for outcome in exploration.outcomes} == {0, 1}


def test_it_complains_as_the_original_does():
    def body():
        lock, again = multiprocessing.BoundedSemaphore(1), multiprocessing.RLock()

        def release():
            with pytest.raises(ValueError, match="released too many times"):
                lock.release()
            with pytest.raises(AssertionError, match="not owned by thread"):
                again.release()
            with again, again:
                pass

        together(release, release)
        return True

    assert explore(body).verdict in ("holds", "no failure found")
