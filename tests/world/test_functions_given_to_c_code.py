"""C code that is given functions of C does through them what they do, with all that it gets."""

import functools
import operator
from types import MappingProxyType, ModuleType, SimpleNamespace

import pytest
from together import together

from harness import explore


class Slotted:
    __slots__ = ("items", "x")

    def __init__(self):
        self.x, self.items = 1, [1]


class Plain:
    def __init__(self):
        self.x, self.items = 1, [1]


def module():
    made = ModuleType("made")
    made.x, made.items = 1, [1]
    return made


def a_class():
    return type("Made", (), {"x": 1, "items": [1]})


MADE = {"slots": Slotted, "fields": Plain, "a module": module, "a class": a_class}
READ = {
    "getattr": lambda one: list(map(getattr, [one], ["x"])),
    "a partial getattr": lambda one: list(map(functools.partial(getattr, one), ["x"])),
    "__getattribute__": lambda one: list(map(object.__getattribute__, [one], ["x"])),
    "attrgetter": lambda one: list(map(operator.attrgetter("x"), [one])),
    "in a loop": lambda one: [x for x in map(getattr, [one], ["x"])],
    "format": lambda one: [int("{.x}".format(one))],  # noqa: UP032
    "format of three": lambda one: [int("{}{}{.x}".format(0, 0, one))],  # noqa: UP032
    "format_map": lambda one: [int("{one.x}".format_map({"one": one}))],
    "dir": lambda one: [one.x for name in dir(one) if name == "x"],
}
SET = {
    "=": lambda one: setattr(one, "x", 2),
    "setattr": lambda one: list(map(setattr, [one], ["x"], [2])),
    "a partial setattr": lambda one: list(map(functools.partial(setattr, one, "x"), [2])),
    "__setattr__": lambda one: list(map(one.__setattr__, ["x"], [2])),
    "as a key": lambda one: max([2], key=functools.partial(setattr, one, "x")),
}


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.complete
    return {outcome.value for outcome in exploration.outcomes}


@pytest.mark.parametrize(
    ("made", "read"),
    [
        (made, read)
        for made in MADE
        for read in READ
        if (made, read) != ("a class", "__getattribute__")  # it is type's
    ],
)
def test_attributes_are_read_by_functions_that_are_given(made, read):
    def body():
        one, seen = MADE[made](), []

        def write():
            one.x = 2

        together(lambda: seen.extend(READ[read](one)), write)
        return tuple(seen)

    assert outcomes_of(body) == {(1,), (2,)}


@pytest.mark.parametrize(
    ("made", "set_"),
    [
        (made, set_)
        for made in MADE
        for set_ in SET
        if (made, set_) != ("a class", "__setattr__")  # it is its objects'
    ],
)
def test_attributes_are_set_by_functions_that_are_given(made, set_):
    def body():
        one, seen = MADE[made](), []
        together(lambda: seen.append(one.x), lambda: SET[set_](one))
        return tuple(seen)

    assert outcomes_of(body) == {(1,), (2,)}


@pytest.mark.parametrize("made", [made for made in MADE if made != "slots"])
def test_the_dictionary_of_attributes_may_be_taken_before_the_threads_start(made):
    def body():
        one, seen = MADE[made](), []
        names = vars(one)

        def write():
            one.x = 2

        together(lambda: seen.append(names["x"]), write)
        return tuple(seen)

    assert outcomes_of(body) == {(1,), (2,)}


CHANGE = {
    "a bound slot": lambda one: list(map(one.__setitem__, [0], [2])),
    "a method of the class": lambda one: list(map(list.append, [one], [2])),
    "in a loop": lambda one: [_ for _ in map(list.append, [one], [2])],
    "a methodcaller": lambda one: list(map(operator.methodcaller("append", 2), [one])),
    "a function": lambda one: list(map(operator.setitem, [one], [0], [2])),
    "in place": lambda one: functools.reduce(operator.iadd, [[2]], one),
}
LOOK = {
    "a bound slot": lambda one: list(map(one.__getitem__, [-1])),
    "a length": lambda one: list(iter(one.__len__, 3))[:0] if len(one) == 3 else [one[-1]],
    "in a loop": lambda one: [max_ for max_ in map(max, [one])],
    "a namespace": lambda one: [int(repr(SimpleNamespace(one=one))[-3])],
    "an exception": lambda one: [int(str(ValueError(one))[-2])],
}


@pytest.mark.parametrize("change", CHANGE)
def test_containers_are_changed_by_functions_that_are_given(change):
    def body():
        one, seen = [1], []
        together(lambda: seen.append(one[-1]), lambda: CHANGE[change](one))
        return tuple(seen)

    assert outcomes_of(body) == {(1,), (2,)}


@pytest.mark.parametrize("look", LOOK)
def test_containers_are_read_by_functions_that_are_given(look):
    def body():
        one, seen = [1], []
        together(lambda: seen.extend(LOOK[look](one)), lambda: one.append(2))
        return tuple(seen)

    assert outcomes_of(body) == {(1,), (2,)}


THROUGH_A_PROXY = {
    "a subscript": lambda proxy: proxy["x"],
    "get": lambda proxy: proxy.get("x"),
    "items": lambda proxy: dict(proxy.items())["x"],
}


@pytest.mark.parametrize("read", THROUGH_A_PROXY)
@pytest.mark.parametrize("of", ["a dictionary", "a class"])
def test_a_proxy_of_a_mapping_reads_it(of, read):
    def body():
        made = {"x": 1} if of == "a dictionary" else a_class()
        proxy, seen = MappingProxyType(made) if type(made) is dict else vars(made), []

        def write():
            if type(made) is dict:
                made["x"] = 2
            else:
                made.x = 2

        together(lambda: seen.append(THROUGH_A_PROXY[read](proxy)), write)
        return tuple(seen)

    assert outcomes_of(body) == {(1,), (2,)}
