"""What a search is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harness.control.conflicts import Conflicts
from harness.interleaving import Interleaving


class Search(Protocol):
    """Make the choices of many executions.

    `begin` and `end` stand around each execution; `begin_again` starts the same one anew.
    """

    name: str
    counts_switches: bool  # its claim rests on their number: see Scheduler.asked_at_release
    wants_conflicts: bool  # it is to be told which operations conflicted in what was observed

    @property
    def part(self) -> str:
        """Return the name of what makes the choices of this execution: its own, or a part's."""
        ...

    @property
    def needs_observer(self) -> bool:
        """Say whether it has to know what this execution touches."""
        ...

    @property
    def needs_numbers(self) -> bool:
        """Say whether its choices in the next execution rest on the numbers of the points."""
        ...

    @property
    def watching(self) -> bool:
        """Say whether it is asked at every point where a switch could make a difference."""
        ...

    def begin(self) -> bool:
        """Prepare the next execution, or return False when every one has been run."""
        ...

    def begin_again(self) -> None:
        """Prepare the execution that `begin` has prepared once more."""
        ...

    def end(self) -> None:
        """Take note that the execution is over."""
        ...

    def see(self, conflicts: Conflicts, interleaving: Interleaving) -> None:
        """Take note of the conflicts of an observed execution, and of its interleaving."""
        ...

    def restart(self) -> None:
        """Forget what was covered, because more points make a difference than was known."""
        ...

    def planned(self, task: int, after: int) -> int:
        """Return the next point of `task` at which it wants to be asked, watched or not."""
        ...

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return the task that goes on; see `harness.control.protocols.Chooser`."""
        ...
