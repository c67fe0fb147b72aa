"""What `super()` finds is an attribute of a class that another thread may set."""

import pytest
from together import together

from harness import explore

# ruff: noqa: B009, UP008  the forms are what is tested


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.complete, exploration.reason
    return {outcome.value for outcome in exploration.outcomes}


class Base:
    number = 0

    def method(self):
        return 0


class Between(Base):
    pass


class Derived(Between):
    number = 7

    def short(self):
        return super().number

    def long(self):
        return super(Derived, self).number

    def from_a_variable(self):
        above = super()
        return above.number

    def by_name(self):
        return getattr(super(), "number")

    def called(self):
        return super().method()

    def of_another(self):
        return super(Between, self).number

    @classmethod
    def of_the_class(cls):
        return super().number

    def of_the_class_of(self):
        return super(Derived, type(self)).number


FORMS = [
    *("short", "long", "from_a_variable", "by_name", "called", "of_another"),
    *("of_the_class", "of_the_class_of"),
]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_found_is_read(form):
    def body():
        derived, seen = Derived(), []

        def write():
            Base.number = 1
            Base.method = lambda self: 1

        together(write, lambda: seen.append(getattr(derived, form)()))
        return seen[0]

    assert outcomes_of(body) == {0, 1}


@pytest.mark.parametrize("form", FORMS[:4])
def test_a_class_in_between_may_get_it(form):
    def body():
        derived, seen = Derived(), []

        def write():
            Between.number = 1

        together(write, lambda: seen.append(getattr(derived, form)()))
        return seen[0]

    assert outcomes_of(body) == {0, 1}


@pytest.mark.parametrize("form", FORMS[:4])
def test_the_class_itself_makes_no_difference(form):
    def body():
        derived, seen = Derived(), []

        def write():
            Derived.number = 1

        together(write, lambda: seen.append(getattr(derived, form)()))
        return seen[0]

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert exploration.executions == 1
    assert {outcome.value for outcome in exploration.outcomes} == {0}


def test_the_methods_of_a_builtin_class_are_no_difference():
    class Items(list):
        def append(self, item):
            super().append(item)

    def body():
        items = Items()
        together(lambda: items.append(1), lambda: items.append(2))
        return tuple(items)

    assert outcomes_of(body) == {(1, 2), (2, 1)}


def test_a_function_named_super_is_called_as_ever():
    def super_of_its_own(*given):
        return Base

    def body():
        super_ = super_of_its_own
        seen = []
        together(lambda: seen.append(super_(Base, 1).number), lambda: setattr(Base, "number", 1))
        return seen[0]

    assert outcomes_of(body) == {0, 1}
