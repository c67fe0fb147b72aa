"""`threading.Event`."""

import threading
import warnings
from threading import Event, Thread
from time import sleep

import pytest


def test_event_is_false_then_true_then_false(world):
    def body():
        event = Event()
        states = [event.is_set()]
        event.set()
        states.append(event.is_set())
        event.set()
        states.append(event.is_set())
        event.clear()
        return [*states, event.is_set()]

    assert world(body) == [False, True, True, False]


def test_wait_returns_true_at_once_when_it_is_set(world):
    def body():
        event = Event()
        event.set()
        return event.wait(), event.wait(0), event.wait(3600)

    assert world(body) == (True, True, True)


def test_set_wakes_every_waiter(world):
    def body():
        event, woken = Event(), []
        threads = [Thread(target=lambda: woken.append(event.wait())) for _ in range(4)]
        for thread in threads:
            thread.start()
        event.set()
        for thread in threads:
            thread.join()
        return woken

    assert world(body) == [True] * 4


def test_waiter_that_was_woken_goes_on_although_the_event_is_cleared_again(world):
    def body():
        event, waiting, woken = Event(), Event(), []

        def wait():
            waiting.set()
            woken.append(event.wait())

        thread = Thread(target=wait)
        thread.start()
        waiting.wait()
        while not event._cond._waiters:  # as CPython's own test of this does
            sleep(0)
        event.set()
        event.clear()
        thread.join()
        return woken, event.is_set()

    assert world(body) == ([True], False)


@pytest.mark.parametrize("timeout", [0, -1, 0.001, -0.5])
def test_wait_that_runs_out_of_time_returns_false(world, timeout):
    def body():
        event = Event()
        return event.wait(timeout), len(event._cond._waiters)

    assert world(body) == (False, 0)


@pytest.mark.parametrize("is_set", [False, True], ids=["clear", "set"])
@pytest.mark.parametrize(
    "timeout", [float("nan"), float("inf"), 1e300, "soon", threading.TIMEOUT_MAX * 2], ids=str
)
def test_wait_checks_its_timeout_like_the_original(world, error_of, timeout, is_set):
    def body():
        event = Event()
        if is_set:
            event.set()
        return error_of(event.wait, timeout), len(event._cond._waiters)

    assert world(body) == body()


def test_old_name_warns_where_the_original_does(world):
    def body():
        if not hasattr(Event, "isSet"):
            return "not in this version"
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer = Event().isSet()
        return answer, [str(warning.message) for warning in caught]

    assert world(body) == body()


def test_subclass_is_an_event(world):
    def body():
        class Named(Event):
            def __init__(self, name):
                super().__init__()
                self.name = name

        event = Named("ready")
        thread = Thread(target=event.set)
        thread.start()
        answer = event.wait()
        thread.join()
        return event.name, answer, isinstance(event, Event)

    assert world(body) == ("ready", True, True)


def test_event_says_in_its_repr_whether_it_is_set(world):
    def body():
        event = Event()
        before = repr(event)
        event.set()
        return before.partition(": ")[2], repr(event).partition(": ")[2]

    assert world(body) == ("unset>", "set>")
