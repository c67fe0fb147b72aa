"""A script: found, read, its constants set, and compiled once."""

from __future__ import annotations

import ast
import os
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType

from harness import own_files
from harness.spotting.constants import Setting, with_settings
from harness.spotting.status import RefusedError, Status

EXAMPLES = ("unlocked", "locked", "mutex")


@dataclass(frozen=True, slots=True)
class Script:
    """Be a script that is ready to run.

    Args:
        name: what the user calls it.
        path: its absolute path.
        code: its code, with the settings applied.
        tree: what it was compiled from.
        arguments: what it finds in `sys.argv[1:]`.
        settings: the constants that were set.
    """

    name: str
    path: str
    code: CodeType
    tree: ast.Module
    arguments: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()


def load(name: str, arguments: Sequence[str] = (), settings: Sequence[Setting] = ()) -> Script:
    """Read and compile a script.

    Args:
        name: a path, or the name of a shipped example.
        arguments: what it finds in `sys.argv[1:]`.
        settings: module-level constants to replace.

    Raises:
        RefusedError: when there is no such file, or it is no Python.
        UsageError: when a setting does not fit.
    """
    path = _path_of(name)
    try:
        with tokenize.open(path) as file:
            source = file.read()
        tree = ast.parse(source, path)
        code = _compiled(with_settings(tree, settings, name), path)
    except OSError as error:
        raise RefusedError(
            Status.MISSING,
            "cannot be read",
            f"{name} cannot be read: {error.strerror}. Give the path of a Python script, or "
            f"the name of an example: {', '.join(EXAMPLES)}.",
        ) from error
    except (SyntaxError, ValueError, RecursionError) as error:  # ValueError: a null byte
        where = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        raise RefusedError(
            Status.SYNTAX,
            "is no Python of this version",
            f"{name}{where} is not valid Python: {what}. Check it with `python -m py_compile`.",
        ) from error
    return Script(name, path, code, tree, tuple(arguments), tuple(settings))


def _compiled(tree: ast.Module, path: str) -> CodeType:
    code: CodeType = compile(tree, path, "exec", dont_inherit=True)
    return code


def with_constants(script: Script, settings: Sequence[Setting]) -> Script:
    """Return the same script with further constants set."""
    every = (*script.settings, *settings)
    code = _compiled(with_settings(script.tree, settings, script.name), script.path)
    return Script(script.name, script.path, code, script.tree, script.arguments, every)


def _path_of(name: str) -> str:
    if name in EXAMPLES and not os.path.exists(name):
        return f"{own_files.EXAMPLES}{name}.py"
    return os.path.abspath(name)
