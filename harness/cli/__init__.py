"""The command line: `harness counters`, `harness spot` and `harness replay`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from harness.cli.arguments import divided, parser
from harness.errors import UsageError
from harness.spotting.status import Status

BROKEN_PIPE = 141  # as shells report SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit status.

    Args:
        arguments: what follows the program's name; `sys.argv` if left out.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    ours, scripts = divided(given)
    options = parser().parse_args(ours)
    options.arguments = scripts
    try:
        return int(options.run(options))
    except UsageError as error:
        print(f"harness: {error}", file=sys.stderr)
        return Status.USAGE
    except BrokenPipeError:  # who reads the output, like `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
