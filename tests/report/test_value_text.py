"""A value's text runs no code of the user and shows no address."""

import threading

import pytest

from harness.report import value_text
from harness.report.value_text import text_of


class Loud:
    def __repr__(self):
        raise AssertionError("the user's __repr__ was run")

    __str__ = __eq__ = __len__ = __bool__ = __iter__ = __repr__

    def __hash__(self):
        return 1


class LoudList(list):
    def __repr__(self):
        raise AssertionError("the user's __repr__ was run")

    def __iter__(self):
        raise AssertionError("the user's __iter__ was run")


class LoudInt(int):
    def __repr__(self):
        raise AssertionError("the user's __repr__ was run")


class LoudError(Exception):
    def __str__(self):
        raise AssertionError("the user's __str__ was run")


VALUES = [
    (0, "0"),
    (None, "None"),
    (True, "True"),
    ("it's", '"it\'s"'),
    (b"x", "b'x'"),
    (1.5, "1.5"),
    ([], "[]"),
    ((), "()"),
    ((1,), "(1,)"),
    ({}, "{}"),
    (set(), "set()"),
    (frozenset(), "frozenset()"),
    (frozenset([1]), "frozenset({1})"),
    ({"b", "a"}, "{'a', 'b'}"),
    ({"a": [1, 2]}, "{'a': [1, 2]}"),
    ([1, 2, 3, 4, 5, 6], "[1, 2, 3, 4, 5, …]"),
    (Loud(), "<Loud>"),
    ([Loud()], "[<Loud>]"),
    ({"key": Loud()}, "{'key': <Loud>}"),
    (LoudInt(1), "<LoudInt>"),
    (LoudError(), "LoudError()"),
    (Loud, "Loud"),
    (text_of, "text_of()"),
    (len, "len()"),
    (threading.Lock(), "<lock>"),
]


@pytest.mark.parametrize(("value", "text"), VALUES, ids=[text for _, text in VALUES])
def test_text(value, text):
    assert text_of(value) == text


def test_subclass_of_a_container_is_not_iterated():
    assert text_of(LoudList([1])) == "<LoudList>"


def test_long_text_is_cut():
    assert text_of("x" * 100) == "'" + "x" * 19 + "…" + "x" * 18 + "'"
    assert len(text_of(list(range(10**6, 10**6 + 5)))) <= 40


def test_long_text_shows_what_was_added_at_its_end():
    assert text_of("x" * 100 + " and one more") == "'xxxxxxxxxxxxxxxxxxx…xxxxx and one more'"
    assert text_of(b"x" * 1_000 + b"end").endswith("xxxend'")


def test_only_the_items_that_are_shown_are_looked_at(monkeypatch):
    looked_at = []
    shown = value_text.is_a
    monkeypatch.setattr(
        value_text, "is_a", lambda value, kind: looked_at.append(value) or shown(value, kind)
    )
    many = [object() for _ in range(1_000)]

    for value in (many, tuple(many), dict.fromkeys(many), set(many), frozenset(many)):
        looked_at.clear()
        text_of(value)
        assert len(set(looked_at)) <= 5


def test_large_set_is_its_size_because_its_order_differs_in_each_process():
    assert text_of(set(range(30))) == "{0, 1, 10, 11, 12, …}"
    assert text_of(set(range(1_000))) == "<set of 1,000 items>"
    assert text_of(frozenset(range(31))) == "<frozenset of 31 items>"


def test_depth_is_bounded():
    nested = []
    nested.append(nested)

    assert text_of(nested) == "[[[<list>]]]"
