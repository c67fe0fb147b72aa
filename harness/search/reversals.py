"""Reverse the conflicts that were seen: let the second operation of a pair come before the first.

The task of the first operation is held back right before it until the other task has done the
second one. Either that task then runs on, or the first one does at once. Pairs at the same two
places in the code are of one kind, and each kind is tried once before any is tried again: a
hundred threads that do the same have few kinds. The idea of reversing what was just seen is that
of dynamic partial-order reduction (Flanagan, Godefroid, POPL 2005), that of kinds is that of
reads-from fuzzing (Wolff et al.: "Greybox Fuzzing for Concurrency Testing", ASPLOS 2024).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from harness.control.observing.conflicts import Conflict, Conflicts, Place
from harness.control.scheduling.plan import Plan
from harness.control.scheduling.protocols import Chooser
from harness.control.scheduling.task import NEVER
from harness.interleaving import Interleaving, Switch
from harness.search.protocol import Search


@dataclass(frozen=True, slots=True)
class _Prefix:
    """Be the switches that come before a conflict; the number stands for it."""

    number: int
    interleaving: Interleaving


@dataclass(slots=True)
class _Kind:
    """Be the conflicts at two places that were not reversed yet, the next one first."""

    conflicts: list[tuple[Conflict | None, _Prefix]]  # None: the switches are all there is to do
    tries: int = 0


class Reversal(Chooser):
    """Follow an interleaving up to a conflict, and reverse that.

    Args:
        conflict: the two operations.
        before: the switches that come before the first of them.
        returns: whether the first task goes on as soon as the second operation is done.
    """

    def __init__(self, conflict: Conflict, before: Interleaving, *, returns: bool) -> None:
        self._first, self._second = conflict.first, conflict.second
        self._plan = Plan(before)
        self._returns = returns
        self._is_holding = False  # whether the first task is held back now
        self._is_over = False  # whether the reversal is done

    def planned(self, task: int, after: int) -> int:
        """Return the points of the switches that come before the reversal, and the reversal's."""
        first = self._first
        mine = first.point if task == first.task and after < first.point else NEVER
        return min(mine, self._plan.planned(task, after))

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Hold the first task back until the second has done its operation."""
        first, second = self._first, self._second
        if self._is_over:
            return runnable[0]
        if not self._is_holding:
            if (task, point) != (first.task, first.point):
                return self._plan.choose(runnable, task, point, timed)
            self._is_holding = True
        elif task == second.task and point > second.point:
            self._is_over = True
            return first.task if self._returns and first.task in runnable else runnable[0]
        others = [number for number in runnable[: len(runnable) - timed] if number != first.task]
        for wanted in (second.task, task):
            if wanted in others:
                return wanted
        return others[0] if others else runnable[0]


class Reversals(Search):
    """Run one execution for each reversal, each kind in turn.

    Where a wait with a timeout was met, ending it there counts as a reversal, too.

    Args:
        seed: decides which conflict of a kind is reversed, after the first.
    """

    name = "reversal"
    watching = True
    needs_numbers = True
    wants_conflicts = True

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed).random
        self._kinds: dict[tuple[Place, Place, bool], _Kind] = {}
        self._prefixes: dict[tuple[Switch, ...], int] = {}
        self._known: set[tuple[object, ...]] = set()
        self._chosen: tuple[Conflict | None, _Prefix, bool] | None = None
        self._chooser: Reversal | Plan = Plan(Interleaving())

    def see(self, conflicts: Conflicts, interleaving: Interleaving) -> None:
        """Take over the conflicts of an execution under `interleaving`."""
        prefixes: dict[int, _Prefix] = {}
        for (first, second), found in conflicts.pairs.items():
            for conflict in found:
                count = conflict.first.switches
                if count not in prefixes:
                    prefixes[count] = self._prefix(interleaving.switches[:count])
                for returns in (False, True):
                    self._add((first, second, returns), conflict, prefixes[count])

    def see_timed_wait(self, before: Sequence[Switch], at: Switch) -> None:
        """Take note of a point at which the time of a wait could be over, and how to get there."""
        plan = self._prefix((*before, at))
        if (plan.number,) not in self._known:
            self._known.add((plan.number,))
            kind = (("time is over", at.to), at.task, False)
            self._kinds.setdefault(kind, _Kind([])).conflicts.append((None, plan))

    def _prefix(self, switches: tuple[Switch, ...]) -> _Prefix:
        number = self._prefixes.setdefault(switches, len(self._prefixes))
        return _Prefix(number, Interleaving(switches))

    def _add(self, kind: tuple[Place, Place, bool], conflict: Conflict, prefix: _Prefix) -> None:
        first, second = conflict.first, conflict.second
        known: tuple[object, ...] = (prefix.number, first.task, first.point, second.task)
        if kind[2]:
            known = (*known, second.point)
        if known not in self._known:
            self._known.add(known)
            self._kinds.setdefault(kind, _Kind([])).conflicts.append((conflict, prefix))

    @property
    def has_new_kinds(self) -> bool:
        """Say whether there is a kind of which none was reversed."""
        return any(kind.tries == 0 and kind.conflicts for kind in self._kinds.values())

    def begin(self) -> bool:
        """Go to the next reversal: of the kind that was tried least."""
        kinds = [entry for entry in self._kinds.items() if entry[1].conflicts]
        if not kinds:
            return False
        (*_, returns), kind = min(kinds, key=_rank)
        is_simplest = not kind.tries and not returns
        at = 0 if is_simplest else int(self._draw() * len(kind.conflicts))
        kind.tries += 1
        self._chosen = (*kind.conflicts.pop(at), returns)
        self.begin_again()
        return True

    def begin_again(self) -> None:
        """Make the same reversal again."""
        assert self._chosen is not None
        conflict, prefix, returns = self._chosen
        before = prefix.interleaving
        if conflict is None:
            self._chooser = Plan(before)
        else:
            self._chooser = Reversal(conflict, before, returns=returns)

    def planned(self, task: int, after: int) -> int:
        """Return the next point of `task` at which something is to happen."""
        return self._chooser.planned(task, after)

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Do what the reversal says."""
        return self._chooser.choose(runnable, task, point, timed)


def _rank(entry: tuple[tuple[Place, Place, bool], _Kind]) -> tuple[int, bool, bool]:
    """Say which kind comes first: one that was tried less, and one that is simple.

    Threads that do the same at the same place mostly only swap their roles when they are reversed.
    """
    (first, second, returns), kind = entry
    return kind.tries, returns, first == second
