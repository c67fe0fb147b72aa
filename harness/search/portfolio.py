"""The default: nobody is interrupted, then everybody once at each point, then PCT."""

from __future__ import annotations

from collections.abc import Sequence

from harness.control.plan import Plan
from harness.interleaving import Interleaving, Switch
from harness.search.pct import Pct

_NEVER = (1 << 30) - 1


class Portfolio:
    """Try the empty interleaving, then all with one switch, then random ones.

    Of the single switches, each task's first come before its later ones: most bugs show early.

    Args:
        seed: decides the random choices.
        executions: the budget; single switches get at most half of it.
    """

    name = "auto"
    needs_observer = False

    def __init__(self, seed: int, executions: int) -> None:
        self._pct = Pct(seed)
        self._most_singles = max(executions // 2, 1)
        self._singles: list[Switch] | None = None  # None before the first execution
        self._plan: Plan | None = None
        self._turn = 0
        self._seen: dict[tuple[int, int], tuple[int, list[int]]] = {}

    @property
    def watching(self) -> bool:
        """Say whether it is asked at every point: not while it follows a single switch."""
        return self._plan is None

    @property
    def needs_numbers(self) -> bool:
        """Say whether it notes or follows numbers: not while PCT chooses."""
        return self._turn == 1 or self._plan is not None

    def begin(self) -> bool:
        """Go to the next single switch, or to the next random execution."""
        self._turn += 1
        if self._turn == 1:
            return True
        if self._singles is None:
            self._singles = self._single_switches()
            self._pct.expect(len(self._seen))
        if self._singles:
            self._plan = Plan(Interleaving((self._singles.pop(0),)))
            return True
        self._plan = None
        return self._pct.begin()

    def begin_again(self) -> None:
        """Make the same choices again."""
        if self._turn == 1:
            self._seen.clear()
        elif self._plan is None:
            self._pct.begin_again()

    def end(self) -> None:
        """Let PCT learn how long an execution is."""
        if self._turn > 1 and self._plan is None:
            self._pct.end()

    def restart(self) -> None:
        """Take note of nothing: no claim rests on what was covered."""

    def planned(self, task: int, after: int) -> int:
        """Return the point of the single switch, while one is followed."""
        return _NEVER if self._plan is None else self._plan.planned(task, after)

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Follow the part of the portfolio whose turn it is."""
        if self._turn == 1:
            self._seen[task, point] = (len(self._seen), list(runnable[1:]))
            return runnable[0]
        chooser = self._pct if self._plan is None else self._plan
        return chooser.choose(runnable, task, point, timed)

    def _single_switches(self) -> list[Switch]:
        ordered: list[tuple[int, int, int, Switch]] = []
        count_of_task: dict[int, int] = {}
        for (task, point), (position, others) in self._seen.items():
            rank = count_of_task[task] = count_of_task.get(task, -1) + 1
            for choice, other in enumerate(others):
                ordered.append((rank + choice, position, choice, Switch(task, point, other)))
        ordered.sort(key=lambda row: row[:3])
        return [row[3] for row in ordered[: self._most_singles]]
