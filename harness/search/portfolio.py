"""The default: nobody is interrupted, then conflicts are reversed, then several samplers in turn.

No sampler is good at everything: PCT is bad where a bug needs many tries in one execution, random
walks and POS are hopeless where many threads race. In turn they need at most as many times more
executions as there are of them, and mostly far fewer, because bugs are seldom bad for all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import cycle

from harness.control.observing.conflicts import Conflicts
from harness.control.scheduling.plan import Plan
from harness.control.scheduling.scheduler import running
from harness.interleaving import Interleaving, Switch
from harness.search.pct import Pct
from harness.search.pending import Labels, Pendings, label_of_pending, pending_of
from harness.search.pos import Pos
from harness.search.protocol import Search
from harness.search.random_walk import RandomWalk
from harness.search.reversals import Reversals
from harness.search.surw import Surw

_FIRST_REVERSALS = 1 / 4  # of the budget, at most: the samplers must get their turns


class Portfolio(Search):
    """Make one sequence of executions of the parts.

    Args:
        seed: decides the random choices.
        executions: the budget.
        pending: says what a task is about to do.
        label: names what a task is about to touch.
    """

    name = "auto"
    wants_conflicts = True

    def __init__(
        self,
        seed: int,
        executions: int,
        pending: Pendings = pending_of,
        label: Labels = label_of_pending,
    ) -> None:
        draw = random.Random(seed).getrandbits
        self._reversals = Reversals(draw(32))
        self._surw = Surw(draw(32), label)
        self._pcts = [Pct(draw(32), depth) for depth in (3, 2)]
        pct_3, pct_2 = self._pcts
        pos, random_walk = Pos(draw(32), pending), RandomWalk(draw(32))
        surw, reversals = self._surw, self._reversals
        self._at_first: Iterator[Search] = cycle([reversals, surw])
        self._later: Iterator[Search] = cycle(
            [pct_3, surw, pos, reversals, surw, pct_2, random_walk, surw, reversals]
        )
        self._first_reversals = int(executions * _FIRST_REVERSALS)
        self._part: Search = _Uninterrupted()
        self._turn = 0
        self._is_first = False  # whether there are kinds of conflicts that were never reversed

    @property
    def part(self) -> str:
        """Return the name of the part whose turn it is."""
        return self._part.name

    @property
    def needs_observer(self) -> bool:
        """Say whether the conflicts of this execution are wanted: a reversal may show new ones."""
        return self._turn == 1 or (self._is_first and self._part is self._reversals)

    @property
    def watching(self) -> bool:
        """Say whether the part whose turn it is is asked at every point."""
        return self._part.watching

    @property
    def needs_numbers(self) -> bool:
        """Say whether the part whose turn it is notes or follows numbers."""
        return self._part.needs_numbers

    def begin(self) -> bool:
        """Go to the next part that has an execution left to make; the samplers always do."""
        self._turn += 1
        if self._turn == 1:
            return self._part.begin()
        self._is_first = self._turn <= self._first_reversals and self._reversals.has_new_kinds
        parts = self._at_first if self._is_first else self._later
        self._part = next(parts)
        while not self._part.begin():  # the samplers always have one more
            self._part = next(parts)
        return True

    def begin_again(self) -> None:
        """Make the same choices again."""
        self._part.begin_again()

    def end(self) -> None:
        """Let the part know that its execution is over."""
        self._part.end()

    def see(self, conflicts: Conflicts, interleaving: Interleaving) -> None:
        """Pass what an execution has shown to the parts that learn from it."""
        self._reversals.see(conflicts, interleaving)
        self._surw.see(conflicts, interleaving)
        for pct in self._pcts:
            pct.see(conflicts, interleaving)

    def planned(self, task: int, after: int) -> int:
        """Return the next point at which the part wants to be asked."""
        return self._part.planned(task, after)

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Let the part choose whose turn it is, and note whose wait could be over here."""
        if timed and self.needs_observer:
            before = [Switch(*departure) for departure in running.switches]
            for waiting in runnable[max(len(runnable) - timed, 1) :]:
                self._reversals.see_timed_wait(before, Switch(task, point, waiting))
        return self._part.choose(runnable, task, point, timed)


class _Uninterrupted(Plan, Search):
    """Make one execution in which nobody is interrupted."""

    name = "empty interleaving"
    watching = True

    def __init__(self) -> None:
        super().__init__(Interleaving())

    def begin(self) -> bool:
        return True
