"""Find the smallest interleaving that still fails in the same way.

Fewest switches first, then the earliest: first whole switches are taken away, then each remaining
one is moved towards the beginning and towards lower task numbers. Few switches are few enough to
try all of them in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from harness.interleaving import Interleaving, Switch

Fails = Callable[[Interleaving], Interleaving | None]
"""Return the canonical interleaving if the given one fails in the same way."""

_FEW_SWITCHES = 6  # every choice of which is tried
_MOST_POINTS_TO_TRY = 64  # for each switch that is moved
_MOST_SWITCHES_TO_TRY_ALL = 2


@dataclass(frozen=True, slots=True)
class Minimized:
    """Be the smallest failing interleaving that was found.

    Args:
        interleaving: the canonical form.
        proven: whether every interleaving with fewer switches was tried.
    """

    interleaving: Interleaving
    proven: bool


def minimize(
    failing: Interleaving,
    fails: Fails,
    candidates: Callable[[Interleaving], Sequence[Switch]],
    budget: int,
) -> Minimized:
    """Return the smallest interleaving that fails in the same way.

    Args:
        failing: the canonical interleaving to begin with.
        fails: runs an interleaving, and returns its canonical form if it fails in the same way.
        candidates: returns the switches that could be added to an interleaving, each after the
            last of its own.
        budget: the most calls of `fails`.
    """
    search = _Search(fails, candidates, budget)
    smallest = search.without_switches(failing)
    smaller = search.anything_smaller(smallest)
    proven = search.left > 0
    smallest = search.earliest(smallest if smaller is None else smaller)
    if proven:
        smallest = search.first_of_all(smallest)
    return Minimized(smallest, proven)


class _Search:
    def __init__(
        self, fails: Fails, candidates: Callable[[Interleaving], Sequence[Switch]], budget: int
    ) -> None:
        self._fails = fails
        self._candidates = candidates
        self._tried: dict[Interleaving, Interleaving | None] = {}
        self.left = budget

    def try_(self, interleaving: Interleaving) -> Interleaving | None:
        if interleaving not in self._tried:
            if self.left <= 0:
                return None
            self.left -= 1
            self._tried[interleaving] = self._fails(interleaving)
        return self._tried[interleaving]

    def without_switches(self, failing: Interleaving) -> Interleaving:
        """Take away as much as possible, large parts first."""
        size = len(failing)
        while size:
            for rest in _without(failing.switches, size):
                found = self.try_(Interleaving(rest))
                if found is not None and len(found) < len(failing):
                    return self.without_switches(found)
            size //= 2
        return failing

    def anything_smaller(self, failing: Interleaving) -> Interleaving | None:
        """Try every interleaving with fewer switches."""
        level = [Interleaving()]
        for _ in range(len(failing)):
            following: list[Interleaving] = []
            for interleaving in level:
                found = self.try_(interleaving)
                if found is not None and len(found) < len(failing):
                    return found
                if self.left <= 0:
                    return None
                following.append(interleaving)
            if len(level[0]) + 1 >= len(failing):
                return None
            level = [
                Interleaving((*interleaving.switches, switch))
                for interleaving in following
                for switch in self._candidates(interleaving)
            ]
            if not level or len(level) > self.left:
                self.left = 0 if level else self.left
                return None
        return None

    def earliest(self, failing: Interleaving) -> Interleaving:
        """Move each switch to the first point, and to the lowest task, that still fails."""
        position, moves = 0, False
        while position < len(failing):
            prefix = Interleaving(failing.switches[:position])
            mine = failing.switches[position]
            for switch in list(self._candidates(prefix))[:_MOST_POINTS_TO_TRY]:
                if switch == mine or self.left <= 0:
                    break
                moved = (*prefix.switches, switch, *failing.switches[position + 1 :])
                found = self.try_(Interleaving(moved))
                if found is not None and len(found) <= len(failing):
                    moves = moves or found != failing
                    failing = found
                    break
            position += 1
        # A switch that could not move before may be able to, now that a later one has moved.
        return self.earliest(failing) if moves else failing

    def first_of_all(self, failing: Interleaving) -> Interleaving:
        """Try all with as few switches in their order, so that every search ends at the same one."""
        if len(failing) > _MOST_SWITCHES_TO_TRY_ALL:
            return failing
        level = [Interleaving()]
        for _ in range(len(failing) - 1):
            level = [
                Interleaving((*interleaving.switches, switch))
                for interleaving in level
                for switch in self._candidates(interleaving)
            ]
        for interleaving in level:
            for switch in self._candidates(interleaving):
                found = self.try_(Interleaving((*interleaving.switches, switch)))
                if found is not None and len(found) <= len(failing):
                    return found
                if self.left <= 0:
                    return failing
        return failing


def _without(switches: tuple[Switch, ...], size: int) -> Iterator[tuple[Switch, ...]]:
    if size == 1 or len(switches) <= _FEW_SWITCHES:  # few enough to try every choice
        yield from combinations(switches, len(switches) - size)
        return
    for begin in range(0, len(switches), size):
        yield switches[:begin] + switches[begin + size :]
