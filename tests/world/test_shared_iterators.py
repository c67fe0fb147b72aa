"""An iterator that several threads go on with hands each item to one of them: who gets it is open."""

from itertools import chain
from types import MappingProxyType

import pytest
from together import together

from harness import explore

MADE = {
    "a list": lambda: iter([1, 2]),
    "a range": lambda: iter(range(1, 3)),
    "a tuple": lambda: iter((1, 2)),
    "a map": lambda: map(abs, [1, 2]),
    "a chain": lambda: chain([1], [2]),
}
TAKE = {
    "for": lambda items, got: [got.append(item) for item in items],
    "next": lambda items, got: got.append(next(items)),
    "__next__": lambda items, got: got.append(items.__next__()),
    "in": lambda items, got: got.append(2 in items),
    "list": lambda items, got: got.extend(list(items)),
}


@pytest.mark.parametrize("take", TAKE)
@pytest.mark.parametrize("made", MADE)
def test_whoever_comes_first_gets_the_first(made, take):
    def body():
        items, first, second = MADE[made](), [], []
        together(lambda: TAKE[take](items, first), lambda: TAKE[take](items, second))
        return tuple(first), tuple(second)

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert exploration.complete
    assert len(exploration.outcomes) > 1


def test_the_source_of_a_map_is_read_when_it_is_used():
    def body():
        seen, source = [], [1]
        lazy = map(str, source)
        together(lambda: seen.extend(list(lazy)), lambda: source.append(2))
        return len(seen)

    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert {outcome.value for outcome in outcomes} == {1, 2}


@pytest.mark.parametrize("view", [dict.keys, dict.items, MappingProxyType])
def test_views_that_are_kept_look_at_their_dictionary(view):
    def body():
        shared, got = {}, []
        kept = view(shared)

        def add(name):
            if not len(kept):
                shared[name] = name
                got.append(name)

        together(lambda: add("first"), lambda: add("second"))
        assert len(got) == 1

    assert explore(body).verdict == "violated"


class Base:
    mode = "base"


class Derived(Base):
    pass


def test_an_attribute_that_a_nearer_class_gets_hides_the_inherited_one():
    def body():
        derived = Derived()
        together(lambda: setattr(Derived, "mode", "derived"), lambda: got.append(derived.mode))
        return got.pop()

    got = []
    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert {outcome.value for outcome in outcomes} == {"base", "derived"}
    assert Derived.mode == "base"


def test_what_is_added_in_place_is_read():
    def body():
        total, more = [], [1]

        def add():
            nonlocal total
            total += more

        together(add, lambda: more.append(2))
        return tuple(total)

    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert {outcome.value for outcome in outcomes} == {(1,), (1, 2)}
