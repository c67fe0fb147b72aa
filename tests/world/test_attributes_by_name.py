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
