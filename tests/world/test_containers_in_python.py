"""Methods that the standard library writes in Python are several steps, like the program's own."""

from collections import ChainMap, Counter, UserDict, UserList, namedtuple
from collections.abc import MutableMapping, MutableSequence
from threading import Lock

import pytest
from together import together

from harness import explore
from harness.instrument.scope import CodeScope


class Own(MutableMapping):
    """Be a mapping of the program's own, whose `setdefault` is that of the standard library."""

    def __init__(self):
        self.data = {}

    def __getitem__(self, key):
        return self.data[key]

    def __setitem__(self, key, value):
        self.data[key] = value

    def __delitem__(self, key):
        del self.data[key]

    def __iter__(self):
        return iter(self.data)

    def __len__(self):
        return len(self.data)


class OwnSequence(MutableSequence):
    def __init__(self, items):
        self.items = items

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value

    def __delitem__(self, index):
        del self.items[index]

    def __len__(self):
        return len(self.items)

    def insert(self, index, value):
        self.items.insert(index, value)


def count_up(change):
    def body():
        counter = Counter(seen=1)
        together(lambda: change(counter), lambda: change(counter))
        return counter["seen"]

    return body


def set_defaults(make):
    def body():
        mapping, got = make(), {}
        together(
            lambda: got.setdefault("first", mapping.setdefault("key", 1)),
            lambda: got.setdefault("second", mapping.setdefault("key", 2)),
        )
        return got["first"] == got["second"]

    return body


def remove_both():
    sequence = OwnSequence(["a", "b"])
    errors = []

    def remove(item):
        try:
            sequence.remove(item)
        except (IndexError, ValueError) as error:
            errors.append(error)

    together(lambda: remove("a"), lambda: remove("b"))
    return "".join(sequence), len(errors)


RACES = {
    "Counter.update": (count_up(lambda counter: counter.update({"seen": 1})), {2, 3}),
    "Counter.subtract": (count_up(lambda counter: counter.subtract({"seen": 1})), {0, -1}),
    "Counter +=": (count_up(lambda counter: counter.__iadd__(Counter(seen=1))), {2, 3}),
    "UserDict.setdefault": (set_defaults(UserDict), {True, False}),
    "ChainMap.setdefault": (set_defaults(ChainMap), {True, False}),
    "an own mapping's": (set_defaults(Own), {True, False}),
    "MutableSequence.remove": (remove_both, {("", 0), ("b", 1)}),
}


@pytest.mark.parametrize("race", RACES)
def test_others_come_in_between(race):
    body, expected = RACES[race]

    exploration = explore(body, search="exhaustive", stop_at_failure=False, executions=20_000)

    assert exploration.complete
    assert {getattr(outcome, "value", outcome) for outcome in exploration.outcomes} == expected


@pytest.mark.parametrize("make", [UserDict, ChainMap, Own])
def test_a_lock_around_them_helps(make):
    def body():
        mapping, lock, got = make(), Lock(), []

        def work(value):
            with lock:
                got.append(mapping.setdefault("key", value))

        together(lambda: work(1), lambda: work(2))
        assert got[0] == got[1]

    assert explore(body).verdict == "holds"


def test_list_methods_behind_a_user_list_are_one_step():
    def body():
        items = UserList()
        together(lambda: items.append(1), lambda: items.extend([2, 3]))
        assert sorted(items) == [1, 2, 3]

    assert explore(body).verdict == "holds"


def test_a_module_that_is_named_is_in_scope_as_a_whole():
    code, namespace = namedtuple.__code__, namedtuple.__globals__

    assert CodeScope(("collections",)).contains(code, namespace)
    assert not CodeScope().contains(code, namespace)


def test_the_lines_of_the_library_are_in_the_table():
    def body():
        counter = Counter(seen=1)
        together(*[lambda: counter.update({"seen": 1})] * 2)
        assert counter["seen"] == 3

    report = explore(body).failure.report

    assert "Lost update: T1 and T2 both read Counter['seen']" in report
    assert "  collections/__init__.py:" in report
