"""`threading.Condition`."""

import threading
from threading import Condition, Lock, RLock, Thread
from time import sleep

import pytest

from harness import Returned, explore

LOCKS = {"default": lambda: None, "Lock": lambda: Lock(), "RLock": lambda: RLock()}
UNACQUIRED = "cannot {} on un-acquired lock"


@pytest.fixture(params=LOCKS)
def make(request):
    """Return a function that makes a condition with each kind of lock."""

    def make_condition():
        return Condition(LOCKS[request.param]())

    return make_condition


def test_waiter_goes_on_after_notify_and_holds_the_lock(world, make):
    def body():
        condition, steps = make(), []

        def wait():
            with condition:
                while "ready" not in steps:
                    condition.wait()
                steps.append("seen")

        thread = Thread(target=wait)
        thread.start()
        with condition:
            steps.append("ready")
            condition.notify()
            steps.append("still mine")
        thread.join()
        return steps

    assert world(body) == ["ready", "still mine", "seen"]


@pytest.mark.parametrize("wake", ["notify_all", "notify with n", "notify one by one"])
def test_all_waiters_can_be_woken(world, make, wake):
    def body():
        condition, woken, waiting = make(), [], []

        def wait(number):
            with condition:
                waiting.append(number)
                condition.notify_all()
                while "go" not in waiting:
                    condition.wait()
                woken.append(number)

        threads = [Thread(target=wait, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        with condition:
            condition.wait_for(lambda: len(waiting) == 3)
            waiting.append("go")
            if wake == "notify_all":
                condition.notify_all()
            elif wake == "notify with n":
                condition.notify(3)
            else:
                for _ in threads:
                    condition.notify()
        for thread in threads:
            thread.join()
        return sorted(woken)

    assert world(body) == [0, 1, 2]


def test_notify_wakes_in_the_order_of_waiting(world):
    def body():
        condition, woken, waiting = Condition(), [], []

        def wait(number):
            with condition:
                waiting.append(number)
                condition.wait()
                woken.append(number)

        threads = [Thread(target=wait, args=(number,)) for number in range(3)]
        for number, thread in enumerate(threads):
            thread.start()
            while True:
                with condition:
                    if len(waiting) == number + 1:
                        break
                sleep(0)
        for thread in threads:
            with condition:
                condition.notify()
            thread.join()
        return woken

    assert world(body) == [0, 1, 2]


def test_notify_without_waiters_is_lost(world, make):
    def body():
        condition = make()
        with condition:
            condition.notify()
            condition.notify_all()
            return condition.wait(0.001)

    assert world(body) is False


def test_notification_may_go_to_a_waiter_whose_time_is_over(make):
    def body():
        condition, answers = make(), []

        def wait(seconds):
            with condition:
                answers.append(condition.wait(seconds))

        threads = [Thread(target=wait, args=(seconds,)) for seconds in (1, None)]
        for thread in threads:
            thread.start()
        with condition:
            waiting = len(condition._waiters)
            condition.notify()
        threads[0].join()
        with condition:
            lost = waiting == 2 and answers == [False] and len(condition._waiters) == 1
            condition.notify_all()
        return lost

    for search in ("auto", "exhaustive"):
        exploration = explore(body, search=search, executions=5_000, stop_at_failure=False)
        assert {Returned(True), Returned(False)} <= set(exploration.outcomes)


def test_wait_gives_a_reentrant_lock_up_completely(world):
    def body():
        condition, seen = Condition(), []

        def other():
            with condition:
                seen.append("in")
                condition.notify()

        thread = Thread(target=other)
        with condition, condition, condition:
            thread.start()
            condition.wait()
            seen.append("back")
        thread.join()
        free = Thread(target=lambda: seen.append(condition.acquire(blocking=False)))
        free.start()
        free.join()
        return seen

    assert world(body) == ["in", "back", True]


def test_wait_returns_true_when_notified_in_time(world, make):
    def body():
        condition, seen = make(), []

        def other():
            with condition:
                condition.notify()

        thread = Thread(target=other)
        with condition:
            thread.start()
            seen.append(condition.wait())
        thread.join()
        return seen

    assert world(body) == [True]


@pytest.mark.parametrize("timeout", [0, -1, 0.001, -0.5])
def test_wait_that_runs_out_of_time_returns_false_and_holds_the_lock(world, make, timeout):
    def body():
        condition = make()
        with condition:
            gave_up = condition.wait(timeout)
            held = condition._is_owned()
        return gave_up, held

    assert world(body) == (False, True)


@pytest.mark.parametrize(
    "timeout", [float("nan"), float("inf"), 1e300, "soon", threading.TIMEOUT_MAX * 2], ids=str
)
def test_wait_checks_its_timeout_like_the_original(world, error_of, timeout):
    def body():
        condition = Condition()
        with condition:
            return error_of(condition.wait, timeout), len(condition._waiters)

    assert world(body) == body()


def test_wait_and_notify_without_the_lock_are_errors(world, error_of, make):
    def body():
        condition = make()
        return [
            error_of(condition.wait),
            error_of(condition.wait, 1),
            error_of(condition.notify),
            error_of(condition.notify_all),
            error_of(condition.wait_for, lambda: False),
        ]

    wait = (RuntimeError, UNACQUIRED.format("wait"))
    notify = (RuntimeError, UNACQUIRED.format("notify"))
    assert world(body) == [wait, wait, notify, notify, wait]


def test_somebody_elses_rlock_counts_as_un_acquired(world, error_of):
    def body():
        condition, seen = Condition(), []
        with condition:
            thread = Thread(
                target=lambda: seen.extend([error_of(condition.wait), error_of(condition.notify)])
            )
            thread.start()
            thread.join()
        return seen

    assert world(body) == [
        (RuntimeError, UNACQUIRED.format("wait")),
        (RuntimeError, UNACQUIRED.format("notify")),
    ]


def test_release_of_a_condition_that_is_not_held_is_an_error(world, error_of, make):
    def body():
        return error_of(make().release)

    assert world(body) == body()


def test_wait_for_returns_what_the_predicate_says_last(world, make):
    def body():
        condition, values = make(), []

        def other():
            for value in ("", "", "done"):
                with condition:
                    values.append(value)
                    condition.notify()

        thread = Thread(target=other)
        thread.start()
        with condition:
            found = condition.wait_for(lambda: values and values[-1])
        thread.join()
        return found

    assert world(body) == "done"


@pytest.mark.parametrize("timeout", [0, -1, 0.001])
def test_wait_for_gives_up(world, make, timeout):
    def body():
        condition, looks = make(), []
        with condition:
            found = condition.wait_for(lambda: looks.append(1), timeout)
        return found, len(looks) >= 1, condition.acquire(blocking=False)

    assert world(body) == (None, True, True)


def test_two_conditions_can_share_a_lock(world):
    def body():
        lock = Lock()
        first, second, steps = Condition(lock), Condition(lock), []

        def work():
            with first:
                steps.append("waiting")
                while "first" not in steps:
                    first.wait()
                steps.append("second")
                second.notify()

        thread = Thread(target=work)
        thread.start()
        with lock:
            steps.append("first")
            first.notify()
            while "second" not in steps:
                second.wait()
        thread.join()
        return sorted(steps)

    assert world(body) == ["first", "second", "waiting"]


def test_condition_passes_acquire_and_release_to_its_lock(world):
    def body():
        lock = Lock()
        condition = Condition(lock)
        condition.acquire()
        held = lock.locked(), condition.acquire(False), condition.acquire(timeout=0.001)
        condition.release()
        return held, lock.locked()

    assert world(body) == ((True, False, False), False)


def test_subclass_that_wraps_wait_is_called(world):
    def body():
        calls = []

        class Counting(Condition):
            def wait(self, timeout=None):
                calls.append(timeout)
                return super().wait(timeout)

        condition = Counting()
        with condition:
            condition.wait(0.001)
            condition.wait_for(lambda: len(calls) > 1, 0.001)
        return len(calls)

    assert world(body) == 2


def test_condition_works_with_a_lock_of_the_programs_own(world):
    def body():
        class Own:
            def __init__(self):
                self.lock = Lock()
                self.acquire = self.lock.acquire
                self.release = self.lock.release
                self.locked = self.lock.locked

            def __enter__(self):
                return self.lock.__enter__()

            def __exit__(self, *details):
                return self.lock.__exit__(*details)

        condition, steps = Condition(Own()), []

        def work():
            with condition:
                steps.append(1)
                condition.notify_all()

        thread = Thread(target=work)
        with condition:
            thread.start()
            condition.wait_for(lambda: steps)
        thread.join()
        with condition:
            return steps, condition.wait(0.001)

    assert world(body) == ([1], False)


def test_notify_all_has_its_old_name_where_the_original_has_it(world):
    def body():
        return hasattr(Condition, "notifyAll")

    assert world(body) == body()
