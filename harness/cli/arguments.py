"""What the command line takes."""

from __future__ import annotations

import argparse

from harness.cli import counters


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; `run` of what it returns does the work."""
    made = argparse.ArgumentParser(
        prog="harness", description="Find the interleaving that breaks threading code."
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_counters(commands)
    return made


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
    command.set_defaults(run=counters.run)
