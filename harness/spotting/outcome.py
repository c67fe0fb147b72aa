"""What a script did, as far as its user can see it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_MOST_LINES = 6  # of the output, in one line of the report
_LONGEST_LINE = 60  # characters


@dataclass(frozen=True, slots=True)
class ScriptOutcome:
    """Be how one execution of a script ended; equal ones look the same to its user.

    Args:
        output: what it printed; addresses of objects are left out.
        status: its exit status.
        errors: the exceptions that ended its threads, as text with the line, sorted.
        waiting: who waits where, when nobody can go on.
    """

    output: str
    status: int = 0
    errors: tuple[str, ...] = ()
    waiting: str = ""

    def __str__(self) -> str:
        parts = []
        if self.waiting:
            parts.append("deadlocks")
        parts += [f"raises {error}" for error in self.errors]
        parts.append(f"prints {_shown(self.output)}" if self.output else "prints nothing")
        if self.status and not self.errors:
            parts.append(f"exit status {self.status}")
        return ", ".join(parts)


def without_addresses(text: str) -> str:
    """Return `text` without the addresses of objects, which differ in each execution."""
    return _ADDRESS.sub("0x…", text)


def differ_in_order_only(one: ScriptOutcome, other: ScriptOutcome) -> bool:
    """Say whether the two print the same lines in another order, and are alike otherwise."""
    return (
        (one.status, one.errors, one.waiting) == (other.status, other.errors, other.waiting)
        and one.output != other.output
        and sorted(one.output.splitlines()) == sorted(other.output.splitlines())
    )


def _shown(output: str) -> str:
    lines = output.splitlines()
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"… {len(lines)} lines in all"]
    return " / ".join(_shortened(line) for line in lines)


def _shortened(line: str) -> str:
    return repr(line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…")
