"""What a body returns or raises is the user's: its methods may fail, and nothing else does."""

import gc
import sys
from threading import Lock
from types import ModuleType

import pytest
from together import together

from harness import Returned, check, explore


class NoHash:
    def __hash__(self):
        raise ValueError("no hash")


class NoText:
    def __repr__(self):
        raise ValueError("no repr")


class NoEquality:
    __hash__ = object.__hash__

    def __eq__(self, other):
        raise ValueError("no comparison")


class NoTextError(Exception):
    def __str__(self):
        raise ValueError("no str")

    __repr__ = __str__


def race():
    found = {"n": 0}

    def add():
        found["n"] += 1

    together(add, add)
    return found["n"]


@pytest.mark.parametrize("kind", [NoHash, NoText, NoEquality])
def test_values_whose_methods_fail_are_outcomes(kind):
    def body():
        race()
        return kind()

    exploration = explore(body, search="exhaustive")

    assert exploration.verdict == "holds"
    assert kind.__name__ in repr(exploration.outcomes)


def test_exceptions_without_a_text_are_failures():
    def body():
        if race() != 2:
            raise NoTextError

    exploration = explore(body)

    assert exploration.verdict == "violated"
    assert "raised NoTextError: <exception str() failed>" in exploration.failure.report
    assert "NoTextError" in repr(exploration.failure)
    with pytest.raises(NoTextError):
        check(body)


class Refusing(type):
    def __setattr__(cls, name, value):
        raise TypeError("no attributes")


def test_classes_that_refuse_attributes_keep_their_locks(monkeypatch):
    module = ModuleType("a_module_with_a_class_that_refuses")
    lock = Lock()
    module.Refuser = Refusing("Refuser", (), {"lock": lock, "__module__": module.__name__})
    monkeypatch.setitem(sys.modules, module.__name__, module)

    exploration = explore(race, search="exhaustive")

    assert set(exploration.outcomes) == {Returned(1), Returned(2)}
    assert module.Refuser.lock is lock


def test_classes_without_a_module_are_no_matter(monkeypatch):
    class Nameless:
        lock = Lock()

    (names,) = gc.get_referents(Nameless.__dict__)
    del names["__module__"]  # C code can make such a class: its name has no dot
    module = ModuleType("has_one_without_a_module")
    module.Nameless = Nameless
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def body():
        one = Nameless()
        one.total = 0

        def increment():
            with one.lock:
                one.total += 1

        together(increment, increment)
        return one.total, Nameless

    with pytest.raises(AttributeError):
        Nameless.__module__  # noqa: B018
    assert explore(body, search="exhaustive", stop_at_failure=False).complete
