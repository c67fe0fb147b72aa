"""`threading.local`."""

import gc
import sys
import threading
import time
import weakref
from threading import Event, Lock, Thread
from threading import local as CapturedLocal
from types import ModuleType

import pytest

from harness import Returned, explore, run


class WithArguments(threading.local):
    shared = "class attribute"

    def __init__(self, value, *, scale=1):
        self.value = value * scale
        self.made = []


class Slotted(threading.local):
    __slots__ = ("kept",)


def in_a_thread(function):
    thread = Thread(target=function)
    thread.start()
    thread.join()


def test_each_thread_has_its_own_attributes(world):
    def body():
        local, seen = threading.local(), []
        local.value = "main"

        def work(number):
            seen.append(hasattr(local, "value"))
            local.value = number
            seen.append(local.value == number)

        threads = [Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(seen), local.value

    assert world(body) == ([False, False, False, True, True, True], "main")


def test_attributes_survive_being_interrupted(world):
    def body():
        local, lock, seen = CapturedLocal(), Lock(), []

        def work(number):
            for step in range(3):
                local.step = (number, step)
                with lock:
                    seen.append(local.step == (number, step))

        threads = [Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return seen

    assert world(body) == [True] * 6


def test_missing_attribute_is_an_error_in_another_thread(world, error_of):
    def body():
        local, seen = threading.local(), []
        local.value = 1
        in_a_thread(lambda: seen.append(error_of(lambda: local.value)[0]))
        in_a_thread(lambda: seen.append(error_of(lambda: delattr(local, "value"))[0]))
        del local.value
        return seen, error_of(lambda: local.value)[0]

    assert world(body) == ([AttributeError, AttributeError], AttributeError)


def test_subclass_is_initialized_with_its_arguments_in_each_thread(world):
    def body():
        local, seen = WithArguments(2, scale=10), []

        def work():
            local.made.append(1)
            seen.append((local.value, local.made, local.shared))
            local.value = -1

        in_a_thread(work)
        in_a_thread(work)
        return seen, local.value, local.made

    assert world(body) == ([(20, [1], "class attribute")] * 2, 20, [])


def test_subclass_made_in_a_thread_is_initialized_in_its_parent(world):
    def body():
        made = []
        in_a_thread(lambda: made.append(WithArguments(3)))
        made[0].value += 1
        seen = [made[0].value]
        in_a_thread(lambda: seen.append(made[0].value))
        return seen

    assert world(body) == [4, 3]


def test_plain_local_takes_no_arguments(world, error_of):
    def body():
        return error_of(threading.local, 1), error_of(lambda: threading.local(value=1))

    assert world(body) == ((TypeError, "Initialization arguments are not supported"),) * 2


def test_slots_of_a_subclass_are_shared(world):
    def body():
        local, seen = Slotted(), []
        local.kept = "main"
        local.own = "main"
        in_a_thread(lambda: seen.extend([local.kept, hasattr(local, "own")]))
        return seen

    assert world(body) == ["main", False]


def test_dict_is_that_of_the_thread(world):
    def body():
        local, seen = threading.local(), []
        local.value = 1
        in_a_thread(lambda: seen.append(dict(local.__dict__)))
        return seen, dict(local.__dict__), isinstance(local, CapturedLocal)

    assert world(body) == ([{}], {"value": 1}, True)


def test_many_locals_do_not_mix(world):
    def body():
        locals_, seen = [threading.local() for _ in range(3)], []

        def work(number):
            for index, local in enumerate(locals_):
                local.value = (number, index)
            seen.append(
                [local.value for local in locals_] == [(number, index) for index in range(3)]
            )

        threads = [Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return seen

    assert world(body) == [True] * 3


EARLY = threading.local()
EARLY_SUBCLASS = WithArguments(5, scale=2)


def test_local_made_early_is_per_thread_and_back_to_what_it_was_each_time(world):
    EARLY.value = "before"

    def body():
        seen = [EARLY.value]
        in_a_thread(lambda: seen.append(hasattr(EARLY, "value")))
        in_a_thread(lambda: setattr(EARLY, "value", "thread"))
        EARLY.value = "body"
        seen.append(EARLY.value)
        EARLY.value = "before"
        return seen

    assert world(body) == ["before", False, "body"]
    assert EARLY.value == "before"


@pytest.mark.parametrize("search", ["random", "pct"])
def test_what_a_body_leaves_in_an_early_local_is_undone(search):
    EARLY.value = 0

    def body():
        EARLY.value += 1
        lock, seen = Lock(), []

        def work():
            with lock:
                EARLY.value = "thread"
                seen.append(EARLY.value)

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return EARLY.value, seen

    exploration = explore(body, search=search, executions=10)

    assert list(exploration.outcomes) == [Returned((1, ["thread", "thread"]))]
    assert EARLY.value == 0


def test_early_subclass_with_arguments_is_initialized_in_each_thread(world):
    def body():
        seen = []
        in_a_thread(lambda: seen.append((EARLY_SUBCLASS.value, EARLY_SUBCLASS.made)))
        return seen

    assert world(body) == [(10, [])]


def test_locals_of_an_exploration_are_not_kept_alive():
    class Kept:
        """Be something that a weak reference can refer to."""

    references = []

    def body():
        local = threading.local()
        local.value = Kept()
        references.append(weakref.ref(local.value))
        in_a_thread(lambda: setattr(local, "value", Kept()))

    run(body)
    made_before_the_next_run = references[:]
    run(lambda: in_a_thread(int))
    gc.collect()

    assert [reference() for reference in made_before_the_next_run] == [None] * 2


def test_initializer_may_sleep(world):
    class Slow(threading.local):
        def __init__(self):
            time.sleep(0.001)
            self.value = 7

    def body():
        slow, seen = Slow(), []
        threads = [threading.Thread(target=lambda: seen.append(slow.value)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return seen

    assert world(body) == [7, 7]


def test_early_local_that_several_modules_have_keeps_what_is_in_it(monkeypatch):
    for number in range(2):
        module = ModuleType(f"a_module_with_the_same_local_{number}")
        module.early = EARLY
        monkeypatch.setitem(sys.modules, module.__name__, module)

    def body():
        gone, back = Event(), Event()

        def work():
            EARLY.mine = 1
            gone.set()
            back.wait()
            del EARLY.mine

        thread = Thread(target=work)
        thread.start()
        gone.wait()
        back.set()
        thread.join()

    assert explore(body).failure is None


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
@pytest.mark.parametrize("is_early", [False, True])
def test_what_a_thread_has_in_a_local_dies_with_it(is_early, carrier):
    class Kept:
        def __del__(self):
            dead.append(1)

    def body():
        dead.clear()
        mine = early if is_early else CapturedLocal()
        mine.kept = "the body's"

        def work():
            mine.kept = Kept()

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(dead), mine.kept

    dead, early = [], CapturedLocal()
    assert body() == (2, "the body's")
    exploration = explore(body, carrier=carrier, executions=50, stop_at_failure=False)
    assert set(exploration.outcomes) == {Returned((2, "the body's"))}
