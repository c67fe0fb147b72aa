"""The command line: `harness counters`; `harness spot` and `harness replay` come later."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from harness.counters import CANDIDATES, Counter, count
from harness.errors import UsageError
from harness.exploration import Exploration
from harness.exploring import explore

_LATER = {"spot": "spots the difference between scripts", "replay": "replays a script's token"}
_BOUND = 2  # preemptions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit status.

    Args:
        arguments: what follows the program's name; `sys.argv` if left out.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        if options.command == "counters":
            return _show_counters(options.threads, options.iterations)
        raise UsageError(
            f"`harness {options.command}`, which {_LATER[options.command]}, comes in a later "
            "version. Use harness.explore() or harness.replay() in Python."
        )
    except UsageError as error:
        print(f"harness: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness", description="Find the interleaving that breaks threading code."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    counters = commands.add_parser(
        "counters", help="explore counters that look alike, and show which of them lose increments"
    )
    counters.add_argument("--threads", type=int, default=2, help="threads that count (default: 2)")
    counters.add_argument(
        "--iterations", type=int, default=1, help="increments of each thread (default: 1)"
    )
    for name, what in _LATER.items():
        later = commands.add_parser(name, help=f"{what} (comes in a later version)")
        later.add_argument("rest", nargs="*")
    return parser


def _show_counters(threads: int, iterations: int) -> int:
    print(f"{threads} threads x {iterations} increments; the total must be {threads * iterations}.")
    surprises = 0
    for candidate in CANDIDATES:
        exploration = _explored(candidate, threads, iterations)
        surprises += (exploration.failure is None) is not candidate.expected.holds
        print(f"\n{candidate.__name__}: {exploration.verdict}\n")
        shown = exploration.failure or exploration.reason
        print("\n".join(f"  {line}".rstrip() for line in str(shown).splitlines()))
    return 1 if surprises else 0


def _explored(candidate: type[Counter], threads: int, iterations: int) -> Exploration:
    def body() -> None:
        total = count(candidate, threads, iterations)
        assert total == threads * iterations, f"{total} of {threads * iterations} increments"

    body.__qualname__ = f"count {candidate.__name__}"
    return explore(body, search="exhaustive", preemptions=_BOUND, executions=100_000)


if __name__ == "__main__":
    sys.exit(main())
