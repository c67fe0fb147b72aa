"""C code that calls back goes on to touch what it touches: others may come in between."""

import sys
from functools import cached_property
from threading import Thread

import pytest

from harness import explore


class Once:
    @cached_property
    def value(self):
        return object()


def one_value():
    once, got = Once(), []
    threads = [Thread(target=lambda: got.append(once.value)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1]


@pytest.mark.parametrize(
    "options",
    [{}, {"search": "exhaustive"}, pytest.param({"model": "gil"}, marks=pytest.mark.needs_gil)],
)
def test_a_cached_property_is_made_twice_since_it_has_no_lock(options):
    has_lock = sys.version_info < (3, 12)

    assert explore(one_value, **options).verdict == ("holds" if has_lock else "violated")


def test_a_sort_of_a_list_that_nobody_else_has_is_one_step():
    def body():
        shared = []

        def work(number):
            own = [(number, 1), (number, 0)]
            own.sort(key=lambda item: item[1])
            shared.append(own[0][0])

        threads = [Thread(target=work, args=(number,)) for number in (5, 6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return tuple(shared)

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert exploration.verdict == "holds"
    assert exploration.executions == 2
    assert {outcome.value for outcome in exploration.outcomes} == {(5, 6), (6, 5)}


def test_the_lock_of_a_cached_property_is_under_control_wherever_it_was_made():
    class Here:
        @cached_property
        def value(self):
            MADE.append(1)
            return object()

    def body():
        MADE.clear()
        here = Here()
        threads = [Thread(target=lambda: here.value) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(MADE) == 1

    has_lock = sys.version_info < (3, 12)

    assert explore(body).verdict == ("holds" if has_lock else "violated")


MADE = []


class Counts:
    def __init__(self):
        self.of = {}

    def add(self, name):
        self.of[name] = self.of.get(name, 0) + 1


def test_what_a_loop_calls_is_not_inside_of_the_iteration():
    def body():
        callbacks = [Counts().add for _ in range(3)]

        def notify():
            for callback in callbacks:
                callback("name")

        threads = [Thread(target=notify), Thread(target=lambda: callbacks.append(len))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    exploration = explore(body, executions=20)

    assert exploration.contended == 3  # where the loop begins, its step, and the append


class Hidden:
    """Be a proxy that says that its attributes are those of something else."""

    __slots__ = ("__dict__",)

    @property
    def __dict__(self):
        raise AttributeError("of something else")

    def value(self):
        try:
            return object.__getattribute__(self, "_value")
        except AttributeError:
            object.__setattr__(self, "_value", [])
            return object.__getattribute__(self, "_value")


def test_attributes_that_a_proxy_hides_are_seen():
    def body():
        hidden, got = Hidden(), []
        threads = [Thread(target=lambda: got.append(hidden.value())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got[0] is got[1]

    assert explore(body).verdict == "violated"
