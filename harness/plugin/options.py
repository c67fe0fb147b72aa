"""The options of a project: where each may be given, and what it may be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

_COMMAND_LINE = "the command line"
_ENVIRONMENT = "the environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """Be one option, which has the same name everywhere.

    Args:
        name: its name as an argument of `harness.explore`.
        metavar: what its value is called in the help.
        help: what it does.
        ini: its type in a configuration file, `None` if it has no place there.
        convert: makes a value of a text, or raises ValueError.
        accepts: whether it may have a value.
        expects: what it may be, in words.
    """

    name: str
    metavar: str
    help: str
    ini: Literal["int", "float", "string", "args"] | None
    convert: Callable[[str], object] = str
    accepts: Callable[[Any], bool] = bool
    expects: str = "a name"

    @property
    def flag(self) -> str:
        return f"--harness-{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        return f"HARNESS_{self.name.upper()}"

    @property
    def key(self) -> str:
        return f"harness_{self.name}"


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


_OPTIONS = (
    _Option(
        name="executions",
        metavar="N",
        help="Most executions of an exploration (1,000; inside a Hypothesis test 100)",
        ini="int",
        convert=int,
        accepts=lambda value: value >= 1,
        expects="a whole number, 1 or more",
    ),
    _Option(
        name="seconds",
        metavar="S",
        help="Most seconds of an exploration (no limit)",
        ini="float",
        convert=float,
        accepts=lambda value: value > 0,
        expects="a positive number of seconds",
    ),
    _Option(
        name="search",
        metavar="NAME",
        help="Who chooses the interleavings: auto (the default), surw, pct, pos, random, exhaustive",
        ini="string",
        expects="the name of a search, like auto",
    ),
    _Option(
        name="model",
        metavar="NAME",
        help=(
            "Where a switch is allowed: everywhere (free-threaded, the default), or only where this "
            "CPython hands over the GIL (gil); then what would fail without it is counted"
        ),
        ini="string",
        expects="the name of a model, like free-threaded",
    ),
    _Option(
        name="seed",
        metavar="N",
        help="What decides all random choices (0)",
        ini="int",
        convert=int,
        accepts=lambda value: True,
        expects="a whole number",
    ),
    _Option(
        name="instrument",
        metavar="PKG",
        help="Installed packages that get switch points, too; several with commas or by repeating",
        ini="args",
        convert=_names,
        expects="names of packages, with commas between them",
    ),
    _Option(
        name="preemptions",
        metavar="N",
        help="Most preemptions of an execution in exhaustive searches; others have no such limit",
        ini="int",
        convert=int,
        accepts=lambda value: value >= 0,
        expects="a whole number, 0 or more",
    ),
    _Option(
        name="max_steps",
        metavar="N",
        help="Most switch points of one execution (1,000,000)",
        ini="int",
        convert=int,
        accepts=lambda value: value >= 1,
        expects="a whole number, 1 or more",
    ),
    _Option(
        name="max_delay",
        metavar="S",
        help="Virtual seconds for which no thread is held up that could go on (no limit)",
        ini="float",
        convert=float,
        accepts=lambda value: value > 0,
        expects="a positive number of virtual seconds",
    ),
    _Option(
        name="executions_to_minimize",
        metavar="N",
        help="Most executions to make a failure minimal (20,000)",
        ini="int",
        convert=int,
        accepts=lambda value: value >= 0,
        expects="a whole number, 0 or more",
    ),
    _Option(
        name="carrier",
        metavar="CARRIER",
        help="What threads run on: greenlets (the default), or threads of the operating system",
        ini="string",
    ),
    _Option(
        name="replay",
        metavar="TOKEN",
        help="Run the interleaving of a token from a failure report, instead of exploring",
        ini=None,
        expects="a token from a failure report, like 'T1@2>T2#1a2b3c4d'",
    ),
)
NAMES = tuple(option.name for option in _OPTIONS)


@dataclass(frozen=True, slots=True)
class ProjectOptions:
    """Be the options that apply to every exploration of a session.

    Args:
        values: those that are set, by name.
        sources: where each was set, in words.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def merged(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return them all, those in `given` first; None there means: as the project has it."""
        merged = {
            **self.values,
            **{name: value for name, value in given.items() if value is not None},
        }
        if given.get("preemptions") is None and merged.get("search") != "exhaustive":
            merged.pop("preemptions", None)  # the project bounds its exhaustive searches
        return merged

    def flags_to_repeat(self) -> list[str]:
        """Return the flags that another pytest command needs to make a token mean the same."""
        return [
            f"{option.flag}={quoted(_text_of(self.values[option.name]))}"
            for option in _OPTIONS
            if option.name in ("model", "instrument", "max_steps")
            and self.sources.get(option.name) in (_COMMAND_LINE, _ENVIRONMENT)
        ]


def add_options(parser: pytest.Parser) -> None:
    """Add the options to pytest's command line and configuration file."""
    group = parser.getgroup("harness", "Harness: explore the interleavings of threads")
    for option in _OPTIONS:
        action = "append" if option.ini == "args" else "store"
        group.addoption(
            option.flag, dest=option.key, metavar=option.metavar, action=action, help=option.help
        )
        if option.ini is not None:
            parser.addini(option.key, f"{option.help}.", type=option.ini, default=None)


def read_options(config: pytest.Config) -> ProjectOptions:
    """Find each option on the command line, in the environment or in the configuration file.

    Raises:
        pytest.UsageError: for a value that an exploration could not use.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for option in _OPTIONS:
        found = _from_text(config, option) or _from_file(config, option)
        if found is not None:
            values[option.name], sources[option.name], spelled = found
            _check_name(option.name, values[option.name], spelled)
    return ProjectOptions(values, sources)


def header(config: pytest.Config, options: ProjectOptions) -> str | None:
    """Return a line for the head of the session, `None` if nobody needs it."""
    shown = ", ".join(f"{name}={_text_of(value)}" for name, value in options.values.items())
    if not shown and config.get_verbosity() <= 0:
        return None
    return f"harness: {shown or 'default options'}"


def quoted(text: str) -> str:
    """Return `text` in single quotes, for a shell."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _from_text(config: pytest.Config, option: _Option) -> tuple[Any, str, str] | None:
    given = config.getoption(option.key, None)
    if given is not None:
        text = ",".join(given) if isinstance(given, list) else given
        return _converted(option, text, option.flag), _COMMAND_LINE, option.flag
    text = os.environ.get(option.variable)
    if text:
        return _converted(option, text, option.variable), _ENVIRONMENT, option.variable
    return None


def _from_file(config: pytest.Config, option: _Option) -> tuple[Any, str, str] | None:
    if option.ini is None:
        return None
    spelled = f"{option.key} in {config.inipath.name if config.inipath else 'the configuration'}"
    try:
        value = config.getini(option.key)
    except (TypeError, ValueError, pytest.UsageError) as error:  # which one depends on pytest
        raise pytest.UsageError(f"{spelled}: {error}. Give {option.expects}.") from None
    if value is None or value in ([], ""):
        return None
    if option.ini == "args":
        value = _names(",".join(value))
    if not option.accepts(value):
        raise pytest.UsageError(f"{spelled} is {value!r}. Give {option.expects}.")
    return value, "the configuration file", spelled


def _converted(option: _Option, text: str, spelled: str) -> object:
    try:
        value = option.convert(text)
        accepted = option.accepts(value)
    except ValueError:
        accepted = False
    if not accepted:
        raise pytest.UsageError(f"{spelled} is {text!r}. Give {option.expects}.")
    return value


def _check_name(name: str, value: object, spelled: str) -> None:
    """Complain about a value that the engine does not know: a search, a model, a package."""
    if name not in ("search", "model", "instrument", "carrier", "replay"):
        return
    from harness.plugin import engine_options  # noqa: PLC0415  it loads the engine

    try:
        engine_options.check(name, value)
    except engine_options.UsageError as error:
        raise pytest.UsageError(f"{spelled}: {error}") from None


def _text_of(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
