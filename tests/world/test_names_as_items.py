"""The names that `exec` and `eval` are given, and those of a module, are items of a dictionary."""

import collections
from types import ModuleType

import pytest
from together import together

from harness import explore


def set_by_exec(names):
    exec("x = 2", {}, names)


def set_as_globals(names):
    exec("x = 2", names)


def set_in_a_function(names):
    exec("def work():\n    global x\n    x = 2\nwork()", names)


def set_as_an_item(names):
    names["x"] = 2


def set_as_an_attribute(names):
    one = One()
    one.__dict__ = names
    one.x = 2


class One:
    pass


SET = [set_by_exec, set_as_globals, set_in_a_function, set_as_an_item, set_as_an_attribute]
READ = {
    "eval": lambda names: eval("x", {}, names),
    "eval of globals": lambda names: eval("x", names),
    "an item": lambda names: names["x"],
    "get": lambda names: names.get("x"),
    "a copy": lambda names: dict(names)["x"],
}


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.complete
    return {outcome.value for outcome in exploration.outcomes}


@pytest.mark.parametrize("read", READ)
@pytest.mark.parametrize("set_", SET)
@pytest.mark.parametrize("kind", [dict, collections.OrderedDict])
def test_a_name_is_an_item(kind, set_, read):
    def body():
        names, seen = kind(x=1), []
        together(lambda: set_(names), lambda: seen.append(READ[read](names)))
        return seen[0]

    assert outcomes_of(body) == {1, 2}


def set_absent():
    global absent
    absent = 2


def test_a_name_may_not_be_there_yet():
    def body():
        seen = []

        def read():
            try:
                seen.append(absent)
            except NameError:
                seen.append(0)

        together(set_absent, read)
        return seen[0]

    assert outcomes_of(body) == {0, 2}


def test_all_names_of_a_module_go_at_once():
    def body():
        module, seen = ModuleType("made"), []
        module.x = 1
        together(lambda: seen.append("x" in dir(module)), lambda: module.__dict__.clear())
        return seen[0]

    assert outcomes_of(body) == {False, True}


def test_a_look_at_all_globals_sees_one_that_is_set():
    def body():
        seen = []
        together(set_absent, lambda: seen.append("absent" in dict(globals())))
        return seen[0]

    assert outcomes_of(body) == {False, True}
