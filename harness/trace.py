"""What happened in one execution, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.table import table_of
from harness.step import Step


@dataclass(frozen=True, slots=True, repr=False)
class Trace:
    """Be the steps of one execution, in their order, and the names of its tasks.

    `str()` is the table of the steps that matter.

    Args:
        steps: everything that a task did where others can see it.
        tasks: the tasks' names by number; T0 is the body.
    """

    steps: tuple[Step, ...] = ()
    tasks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        return table_of(self)

    def __repr__(self) -> str:
        return f"<Trace of {len(self.steps):,} steps by {len(self.tasks)} tasks>"
