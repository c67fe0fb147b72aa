"""Whoever exchanges an object's dictionary, its class or a base of that changes all attributes."""

import pytest
from together import together

from harness import explore


class Plain:
    def __init__(self):
        self.n = 1

    def method(self):
        return 1


class Other:
    n = 2

    def method(self):
        return 2


class Slotted:
    __slots__ = ()

    @property
    def value(self):
        return 1

    def method(self):
        return 1


class OtherSlotted:
    __slots__ = ()
    value = 2

    def method(self):
        return 2


class Derived(Plain):
    pass


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    return {getattr(outcome, "value", type(outcome)) for outcome in exploration.outcomes}


def dictionary(plain):
    plain.__dict__ = {"n": 2}


def part_of_the_dictionary(plain):
    plain.__dict__ |= {"n": 2}


def items_of_the_dictionary(plain):
    plain.__dict__.update(n=2)


def class_without_it(plain):
    plain.__class__ = Other
    del plain.n


@pytest.mark.parametrize(
    "change", [dictionary, part_of_the_dictionary, items_of_the_dictionary, class_without_it]
)
def test_a_change_of_all_attributes_is_one_of_each(change):
    def body():
        plain, seen = Plain(), []
        together(lambda: change(plain), lambda: seen.append(plain.n))
        return seen[0]

    assert outcomes_of(body) == {1, 2}


@pytest.mark.parametrize(
    ("kind", "other", "look"),
    [
        (Plain, Other, lambda one: one.method()),
        (Slotted, OtherSlotted, lambda one: one.method()),
        (Slotted, OtherSlotted, lambda one: one.value),
    ],
    ids=["a method", "a method of one without fields", "a property"],
)
def test_another_class_has_other_methods(kind, other, look):
    def body():
        one, seen = kind(), []

        def change():
            one.__class__ = other

        together(change, lambda: seen.append(look(one)))
        return seen[0]

    assert outcomes_of(body) == {1, 2}


def test_a_property_may_be_replaced():
    class Valued:
        @property
        def value(self):
            return 1

    def body():
        one, seen = Valued(), []

        def change():
            Valued.value = property(lambda self: 2)

        together(change, lambda: seen.append(one.value))
        return seen[0]

    assert outcomes_of(body) == {1, 2}


def test_another_base_has_other_methods():
    def body():
        Derived.__bases__ = (Plain,)
        one, seen = Derived(), []

        def change():
            Derived.__bases__ = (Other,)

        together(change, lambda: seen.append(one.method()))
        return seen[0]

    assert outcomes_of(body) == {1, 2}


class Shared:
    fields = {}  # noqa: RUF012  they are to be shared

    def __init__(self):
        self.__dict__ = self.fields


def test_objects_with_one_dictionary_share_their_attributes():
    def body():
        left, right = Shared(), Shared()
        left.count = 0

        def count_up(one):
            one.count = one.count + 1

        together(lambda: count_up(left), lambda: count_up(right))
        return Shared.fields["count"]

    assert outcomes_of(body) == {1, 2}


def test_objects_may_be_made_in_threads_that_share_a_dictionary():
    def body():
        fields = {"count": 0}

        class Own:
            def __init__(self):
                self.__dict__ = fields

        def count_up():
            Own().count = Own().count + 1

        together(count_up, count_up)
        return fields["count"]

    assert outcomes_of(body) == {1, 2}


def test_a_dictionary_of_its_own_is_shared_with_nobody():
    def body():
        def count_up():
            one = Plain()
            one.__dict__ = {"n": 1}
            one.n = one.n + 1

        together(count_up, count_up)

    assert explore(body, search="exhaustive").executions == 1


def called(n=1, *, m=1):
    return n + m


def set_defaults():
    called.__defaults__ = (1,)


def set_defaults_by_keyword():
    called.__kwdefaults__ = {"m": 1}


def set_code():
    called.__code__ = (lambda n=1, *, m=1: n + m).__code__


def set_length():
    Other.__len__ = lambda self: 1


def set_class():
    Plain().__class__ = Other


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (set_defaults, "__defaults__"),
        (set_defaults_by_keyword, "__kwdefaults__"),
        (set_code, "__code__"),
        (set_length, "__len__"),
        (set_class, "__class__"),
    ],
)
def test_nothing_holds_where_what_is_changed_is_read_unseen(change, name):
    def body():
        counts = {"n": 0}

        def work():
            change()
            counts.setdefault("n", 1)
            counts["n"] = 1

        together(work, called)

    original = called.__code__
    exploration = explore(body, search="exhaustive")
    called.__code__ = original

    assert exploration.verdict == "inconclusive"
    assert f"sets {name} of a" in exploration.reason
    assert "test_changed_objects.py" in exploration.reason


def test_before_the_threads_start_it_makes_no_difference():
    def body():
        counts = {}
        set_defaults()
        together(lambda: counts.setdefault("n", called()), lambda: counts.setdefault("n", 1))

    assert explore(body, search="exhaustive").verdict == "holds"
