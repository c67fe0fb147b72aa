"""getattr() and setattr() with a name touch that attribute, of a module, too."""

from types import ModuleType, SimpleNamespace

import pytest
from together import together

from harness import Returned, explore


@pytest.mark.parametrize(
    "owner", [ModuleType("settings"), SimpleNamespace(), type("Settings", (), {})]
)
def test_an_update_by_name_is_lost(owner):
    def body():
        owner.count = 0

        def work():
            setattr(owner, "count", getattr(owner, "count") + 1)  # noqa: B009, B010  it is the test

        together(work, work)
        return owner.count

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert set(exploration.outcomes) == {Returned(1), Returned(2)}


def test_other_names_make_no_difference():
    def body():
        owner = SimpleNamespace(left=0, right=0)
        together(lambda: setattr(owner, "left", 1), lambda: setattr(owner, "right", 1))
        return owner.left + getattr(owner, "right")  # noqa: B009

    assert explore(body, search="exhaustive").executions == 1


def test_what_is_set_on_a_module_by_name_is_put_back():
    module = ModuleType("settings")
    module.mode = "old"

    def body():
        before = module.mode
        together(lambda: setattr(module, "mode", "new"), lambda: module.mode)
        return before

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert set(exploration.outcomes) == {Returned("old")}
    assert module.mode == "old"


class One:
    number = 1


class Two:
    number = 2


def exchange_class(one):
    one.__class__ = Two


def exchange_dict(one):
    one.__dict__ = {"number": 2}


def exchange_dict_by_name(one):
    object.__setattr__(one, "__dict__", {"number": 2})


@pytest.mark.parametrize("exchange", [exchange_class, exchange_dict, exchange_dict_by_name])
def test_all_attributes_change_with_the_class_or_the_dict(exchange):
    """Lazy loaders become what they have loaded, like NLTK's LazyCorpusLoader."""

    def body():
        one, seen = One(), []
        together(lambda: seen.extend((one.number, one.number)), lambda: exchange(one))
        return tuple(seen)

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert set(exploration.outcomes) == {Returned((1, 1)), Returned((1, 2)), Returned((2, 2))}
