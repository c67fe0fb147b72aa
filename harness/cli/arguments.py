"""What the command line takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.cli import counters, replay, spot
from harness.spotting.script import EXAMPLES


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; `run` of what it returns does the work."""
    made = argparse.ArgumentParser(
        prog="harness", description="Find the interleaving that breaks threading code."
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_counters(commands)
    _add_spot(commands)
    _add_replay(commands)
    return made


def divided(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what is for the harness, and what follows `--` and is for the script."""
    given = list(arguments)
    if "--" not in given:
        return given, []
    position = given.index("--")
    return given[:position], given[position + 1 :]


def _add_counters(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "counters",
        help="explore counters that look alike, and show which of them lose increments",
    )
    command.add_argument(
        "names", nargs="*", metavar="NAME", help="show the report of these, like UnlockedCounter"
    )
    command.add_argument("--threads", type=int, default=2, help="threads that count (default: 2)")
    command.add_argument(
        "--iterations", type=int, default=1, help="increments of each thread (default: 1)"
    )
    _add_model(command)
    command.set_defaults(run=counters.run)


def _add_spot(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "spot",
        help="run scripts under many interleavings: which of them depends on the interleaving?",
        usage="harness spot [OPTIONS] SCRIPT [SCRIPT …] [-- ARGUMENTS]",
        epilog=_exit_status(_SPOTTED),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("scripts", nargs="*", metavar="SCRIPT", help=_SCRIPT)
    command.add_argument(
        "--examples", action="store_true", help=f"the shipped examples: {', '.join(EXAMPLES)}"
    )
    command.add_argument(
        "--executions", type=int, default=1_000, help="the most executions (default: 1000)"
    )
    command.add_argument(
        "--seconds",
        type=float,
        default=20.0,
        help="the most seconds of a search, or of computing in a long execution (default: 20)",
    )
    command.add_argument(
        "--full",
        action="store_true",
        help="run a script that takes long at full size, although constants could make it short",
    )
    command.add_argument("--seed", type=int, default=0, help="decides all random choices")
    _add_common(command)
    command.set_defaults(run=spot.run)


def _add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "replay",
        help="run a script under one interleaving, and show what happens",
        usage="harness replay [OPTIONS] SCRIPT TOKEN [-- ARGUMENTS]",
        epilog=_exit_status(_REPLAYED),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("script", metavar="SCRIPT", help=_SCRIPT)
    command.add_argument("token", metavar="TOKEN", help="from the report of `harness spot`")
    _add_common(command)
    command.set_defaults(run=replay.run)


def _exit_status(of_success: str) -> str:
    return f"exit status:\n{of_success}\n{_TROUBLE}"


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="replace the value of a module-level constant of the script",
    )
    command.add_argument(
        "--instrument",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="an installed package that gets switch points, too",
    )
    _add_model(command)


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        default="free-threaded",
        help="where a switch is allowed: free-threaded, everywhere (the default), or gil",
    )


_SCRIPT = f"a Python script, or one of {', '.join(EXAMPLES)}"
_SPOTTED = """\
  0    no dependence found
  1    what a script does depends on the interleaving"""
_REPLAYED = """\
  0    the token was replayed, whatever the script does"""
_TROUBLE = """\
  2    the command line cannot be carried out
  3    a script cannot be read
  4    a script is not valid Python
  5    a script starts no thread
  6    a script reads standard input
  7    a script starts another process
  8    a script does not end, blocks where it cannot be seen, or calls os._exit()
  9    a script does something else also under the same interleaving
  10   the token does not fit the script
  130  interrupted by Ctrl-C"""
