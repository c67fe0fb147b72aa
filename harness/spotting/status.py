"""The exit status of `harness spot` and `harness replay`, and what ends a script's examination."""

from __future__ import annotations

from enum import IntEnum

from harness.errors import HarnessError


class Status(IntEnum):
    """Be an exit status of the command line."""

    NO_DEPENDENCE = 0
    DEPENDS = 1
    USAGE = 2  # as argparse has it
    MISSING = 3
    SYNTAX = 4
    NO_THREADS = 5
    READS_INPUT = 6
    FORKS = 7
    NO_END = 8  # or os._exit() has ended it, where nothing more could be seen
    NOT_DETERMINISTIC = 9
    DIVERGED = 10  # a token that no longer fits the script
    INTERRUPTED = 130  # as shells report SIGINT


class RefusedError(HarnessError):
    """Report a script that cannot be examined: what it does, and what to do about it.

    Args:
        status: the exit status that says so.
        short: the reason in a few words, which completes "not examined: it …".
        message: the reason in a sentence or more, with the remedy.
    """

    def __init__(self, status: Status, short: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.short = short
