"""Module-level constants: which can be set, and which bound loops."""

import ast

import pytest

from harness import UsageError
from harness.spotting.constants import Setting, scaled_down, with_settings


def values_of(source, *settings):
    tree = with_settings(ast.parse(source), [Setting.parse(text) for text in settings], "it")
    namespace = {"__name__": "__main__"}
    exec(compile(tree, "it", "exec"), namespace)
    return namespace


@pytest.mark.parametrize(
    ("text", "value"),
    [("N=2", 2), ("N=-1", -1), ("N = 1.5", 1.5), ("N=abc", "abc"), ("N=[1, 'a']", [1, "a"])],
)
def test_a_setting_replaces_the_value(text, value):
    assert values_of("N = 1_000_000\n", text)["N"] == value


def test_a_setting_reaches_annotated_and_guarded_assignments():
    source = "N: int = 5\nif __name__ == '__main__':\n    M = 7\n"

    found = values_of(source, "N=1", "M=2")

    assert (found["N"], found["M"]) == (1, 2)


def test_the_rest_of_the_script_stays_on_its_lines():
    tree = with_settings(ast.parse("N = 1\n\nM = 2\n"), [Setting("N", "[\n1,\n2]")], "it")

    assert [statement.lineno for statement in tree.body] == [1, 3]


@pytest.mark.parametrize("source", ["N = 1\nN = 2\n", "M = 1\n", "N, M = 1, 2\n", "N += 1\n"])
def test_a_setting_that_is_not_clear_is_refused(source):
    with pytest.raises(UsageError, match=r"--set N=3 does not fit it: (no|2) statement"):
        with_settings(ast.parse(source), [Setting("N", "3")], "it")


@pytest.mark.parametrize("text", ["N", "=1", "1N=1", "N=", ""])
def test_a_setting_has_a_name_and_a_value(text):
    with pytest.raises(UsageError, match=r"cannot be read\. Write NAME=VALUE"):
        Setting.parse(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("N = 100\nfor _ in range(N): pass\n", ["N=2"]),
        ("N = 100\ni = 0\nwhile i < N: i += 1\n", ["N=2"]),
        ("N = 100\nfor _ in range(0, N): pass\n", ["N=2"]),
        ("N: int = 100\nfor _ in range(N): pass\n", ["N=2"]),
        ("N = 2\nfor _ in range(N): pass\n", []),
        ("N = 100\nprint(N)\n", []),
        ("N = 100\nN = 200\nfor _ in range(N): pass\n", []),
        ("N = 100\ndef f():\n    global N\n    N = 3\nfor _ in range(N): pass\n", []),
        ("N = int('5')\nfor _ in range(N): pass\n", []),
        ("N = True\nfor _ in range(N): pass\n", []),
        ("for _ in range(100): pass\n", []),
    ],
)
def test_loops_are_made_short_where_it_is_clear_how(source, expected):
    assert [str(setting) for setting in scaled_down(ast.parse(source), [])] == expected


def test_what_the_user_has_set_stays():
    tree = ast.parse("N = 100\nM = 100\nfor _ in range(N, M): pass\n")

    assert [str(one) for one in scaled_down(tree, [Setting("N", "5")])] == ["M=2"]
