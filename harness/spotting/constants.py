"""Module-level constants of a script: set them, and find those that bound its loops."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.errors import UsageError

_SMALL = 2  # of threads and of rounds: the fewest that get into each other's way, twice


@dataclass(frozen=True, slots=True)
class Setting:
    """Be a value for a module-level constant.

    Args:
        name: the constant's name.
        value: its value as Python source.
    """

    name: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Setting:
        """Return what `NAME=VALUE` says; a value that is no literal is a string.

        Raises:
            UsageError: when there is no name or no value.
        """
        name, equals, value = text.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name.isidentifier() or not value:
            raise UsageError(f"--set {text!r} cannot be read. Write NAME=VALUE, like ROUNDS=2.")
        try:
            ast.literal_eval(value)
        except (ValueError, SyntaxError):
            value = repr(value)
        return cls(name, value)

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


def with_settings(tree: ast.Module, settings: Sequence[Setting], script: str) -> ast.Module:
    """Return a copy of the script in which the constants have other values.

    Args:
        tree: the script.
        settings: what to replace.
        script: the script's name, for messages.

    Raises:
        UsageError: for a name that no module-level statement assigns, or that several do.
    """
    changed = copy.deepcopy(tree)
    for setting in settings:
        found = [one for one in _assignments(changed.body) if _name_of(one) == setting.name]
        if len(found) != 1:
            names = sorted({name for one in _assignments(changed.body) if (name := _name_of(one))})
            how_many = "no statement" if not found else f"{len(found)} statements"
            raise UsageError(
                f"--set {setting} does not fit {script}: {how_many} at module level assign"
                f"{'s' * (not found)} {setting.name!r} alone. It has {', '.join(names) or 'none'}."
            )
        value = ast.parse(setting.value, mode="eval").body
        old = found[0].value
        for node in ast.walk(value):
            if old is not None and isinstance(node, ast.expr):
                ast.copy_location(node, old)
        found[0].value = ast.fix_missing_locations(value)
    return changed


def scaled_down(tree: ast.Module, already: Sequence[Setting]) -> list[Setting]:
    """Return settings that make the script's loops short, or none when it is not clear how.

    It is clear for a whole number that one module-level statement assigns, that nobody rebinds,
    and that stands alone in `range(NAME)` or in a comparison of a `while`.
    """
    set_already = {setting.name for setting in already}
    rebound = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    bounds = set(_bounds(tree))
    assignments = list(_assignments(tree.body))
    names = [_name_of(one) for one in assignments]
    return [
        Setting(name, str(_SMALL))
        for one, name in zip(assignments, names, strict=True)
        if name in bounds - rebound - set_already
        and names.count(name) == 1
        and isinstance(one.value, ast.Constant)
        and type(one.value.value) is int
        and one.value.value > _SMALL
    ]


def whole_numbers(tree: ast.Module) -> list[str]:
    """Return the names of the module-level constants that are whole numbers, in their order."""
    found = {
        name: None
        for one in _assignments(tree.body)
        if (name := _name_of(one)) is not None
        and isinstance(one.value, ast.Constant)
        and type(one.value.value) is int
    }
    return list(found)


def _assignments(body: list[ast.stmt]) -> Iterator[ast.Assign | ast.AnnAssign]:
    for statement in body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            yield statement
        elif isinstance(statement, ast.If):
            yield from _assignments([*statement.body, *statement.orelse])


def _name_of(assignment: ast.Assign | ast.AnnAssign) -> str | None:
    if isinstance(assignment, ast.AnnAssign):
        target: ast.expr = assignment.target
    elif len(assignment.targets) == 1:
        target = assignment.targets[0]
    else:
        return None
    return target.id if isinstance(target, ast.Name) and assignment.value is not None else None


def _bounds(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "range":
                yield from (one.id for one in node.args if isinstance(one, ast.Name))
        elif isinstance(node, ast.While) and isinstance(node.test, ast.Compare):
            operands = (node.test.left, *node.test.comparators)
            yield from (one.id for one in operands if isinstance(one, ast.Name))
