"""What a search is."""

from __future__ import annotations

from typing import Protocol

from harness.control.observing.conflicts import Conflicts
from harness.control.scheduling.protocols import Chooser
from harness.interleaving import Interleaving


class Search(Chooser, Protocol):
    """Make the choices of many executions.

    `begin` and `end` stand around each execution; `begin_again` starts the same one anew.
    """

    name: str
    counts_switches: bool = False  # its claim rests on them: see Scheduler.asked_at_release
    wants_conflicts: bool = False  # it is to be told what conflicted in what was observed

    preemptions: int | None = None  # the most that are covered
    needs_every_choice: bool = False  # it cannot conclude anything from what it was told

    @property
    def part(self) -> str:
        """Return the name of what makes the choices of this execution: its own, or a part's."""
        return self.name

    @property
    def needs_observer(self) -> bool:
        """Say whether it has to know what this execution touches."""
        return False

    @property
    def needs_numbers(self) -> bool:
        """Say whether its choices in the next execution rest on the numbers of the points."""
        return False

    @property
    def has_kept_to_its_bound(self) -> bool:
        """Say whether what the last execution has done belongs to what is searched."""
        return True

    def begin(self) -> bool:
        """Prepare the next execution, or return False when every one has been run."""
        ...

    def end(self) -> None:
        """Take note that the execution is over."""
        return

    def see(self, conflicts: Conflicts, interleaving: Interleaving) -> None:
        """Take note of the conflicts of an observed execution, and of its interleaving."""
        return

    def restart(self) -> None:
        """Forget what was covered, if a claim rests on it: more points matter than was known."""
        return
