"""Find the smallest interleaving that still fails in the same way.

Fewest switches first, then the earliest: first whole switches are taken away, then each remaining
one is moved towards the beginning and towards lower task numbers. Few switches are few enough to
try all of them in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from harness.interleaving import Interleaving, Switch

Fails = Callable[[Interleaving], Interleaving | None]
"""Return the canonical interleaving if the given one fails in the same way."""

_FEW_SWITCHES = 6  # every choice of which is tried
_MOST_POINTS_TO_TRY = 64  # for each switch that is moved
_MOST_SWITCHES_TO_TRY_ALL = 2
# Executions, where covering all with fewer switches takes more than there may be:
_MOST_WITHOUT_A_PROOF = 5_000  # of one number of switches
_MOST_TO_EXCHANGE = 2_000
_MOST_TO_TIDY_UP = 1_000


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
    reorder: Callable[[Interleaving], Iterable[Interleaving]] = lambda _: (),
    affordable: Callable[[], int] | None = None,
) -> Minimized:
    """Return the smallest interleaving that fails in the same way.

    Args:
        failing: the canonical interleaving to begin with.
        fails: runs an interleaving, and returns its canonical form if it fails in the same way.
        candidates: returns the switches that could be added to an interleaving, each after the
            last of its own.
        budget: the most executions, each a call of `fails` or `candidates`.
        reorder: returns interleavings of executions that differ from the given one's only in the
            order of operations that do not conflict.
        affordable: returns how many more executions there may be, as far as `budget` allows.
    """
    search = _Search(fails, candidates, budget, affordable or (lambda: budget))
    smallest = search.without_switches(search.reordered(failing, reorder))
    while len(found := search.reordered(smallest, reorder)) < len(smallest):
        smallest = search.without_switches(found)
    smallest = search.exchanged(smallest, search.left - _MOST_TO_EXCHANGE)
    smaller, proven = search.anything_smaller(smallest)
    if not proven:
        search.bound(_MOST_TO_TIDY_UP)
    smallest = search.earliest(smallest if smaller is None else smaller)
    if proven:
        smallest = search.first_of_all(smallest)
    return Minimized(smallest, proven)


class _Search:
    def __init__(
        self,
        fails: Fails,
        candidates: Callable[[Interleaving], Sequence[Switch]],
        budget: int,
        affordable: Callable[[], int],
    ) -> None:
        self._fails = fails
        self._candidates = candidates
        self._tried: dict[Interleaving, Interleaving | None] = {}
        self._budget = budget
        self._affordable = affordable

    @property
    def left(self) -> int:
        """Return how many more executions there may be."""
        return min(self._budget, self._affordable())

    def bound(self, most: int) -> None:
        """Allow no more than `most` executions from now on."""
        self._budget = min(self._budget, most)

    def try_(self, interleaving: Interleaving) -> Interleaving | None:
        if interleaving not in self._tried:
            if self.left <= 0:
                return None
            self._budget -= 1
            self._tried[interleaving] = self._fails(interleaving)
        return self._tried[interleaving]

    def reordered(
        self,
        failing: Interleaving,
        reorder: Callable[[Interleaving], Iterable[Interleaving]],
    ) -> Interleaving:
        """Let each task run in longer stretches, as long as that takes switches away."""
        for interleaving in reorder(failing) if len(failing) > 1 else ():
            found = self.try_(interleaving)
            if found is not None and len(found) < len(failing):
                return self.reordered(found, reorder)
        return failing

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

    def exchanged(self, failing: Interleaving, least_left: int) -> Interleaving:
        """Try one switch in the place of two, until `least_left` executions are left."""
        listed: dict[Interleaving, Sequence[Switch]] = {}
        for rest in combinations(failing.switches, max(len(failing) - 2, 0)):
            for position in range(len(rest) + 1 if rest else 0):
                prefix = Interleaving(rest[:position])
                if self.left <= max(least_left, 0):
                    return failing
                if prefix not in listed:
                    listed[prefix] = self.candidates(prefix)
                for switch in listed[prefix]:
                    if self.left <= max(least_left, 0):
                        return failing
                    found = self.try_(Interleaving((*rest[:position], switch, *rest[position:])))
                    if found is not None and len(found) < len(failing):
                        return self.exchanged(self.without_switches(found), least_left)
        return failing

    def anything_smaller(self, failing: Interleaving) -> tuple[Interleaving | None, bool]:
        """Try every interleaving with fewer switches, the fewest first.

        Returns:
            The first that fails, and whether none with fewer switches than the smallest does.
        """
        level = [Interleaving()]
        for length in range(len(failing)):
            for interleaving in level:
                found = self.try_(interleaving)
                if found is not None and len(found) < len(failing):
                    return found, True
                if self.left <= 0:
                    return None, False
            levels_left = len(failing) - 1 - length
            if not levels_left:
                break
            following = self._longer(level)
            if not following:
                return None, self.left > 0  # nobody can be interrupted once more
            growth = len(following) / len(level)
            needed = sum(len(following) * growth**further for further in range(levels_left))
            if len(following) > (self.left if needed <= self.left else _MOST_WITHOUT_A_PROOF):
                return None, False
            level = following
        return None, True

    def _longer(self, level: Sequence[Interleaving]) -> list[Interleaving]:
        """Return the interleavings with one switch more; more than can be tried are not all."""
        longer: list[Interleaving] = []
        for interleaving in level:
            if len(longer) > self.left:
                break
            longer += [
                Interleaving((*interleaving.switches, switch))
                for switch in self.candidates(interleaving)
            ]
        return longer

    def candidates(self, interleaving: Interleaving) -> Sequence[Switch]:
        """Return the switches that can be added; it takes an execution to find out."""
        if self.left <= 0:
            return ()
        self._budget -= 1
        return self._candidates(interleaving)

    def earliest(self, failing: Interleaving) -> Interleaving:
        """Move each switch to the first point, and to the lowest task, that still fails."""
        position, moves = 0, False
        while position < len(failing):
            prefix = Interleaving(failing.switches[:position])
            mine = failing.switches[position]
            for switch in self.candidates(prefix)[:_MOST_POINTS_TO_TRY]:
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
        if not 0 < len(failing) <= _MOST_SWITCHES_TO_TRY_ALL:
            return failing
        level = [Interleaving()]
        for _ in range(len(failing) - 1):
            level = self._longer(level)
        for interleaving in level:
            if self.left <= 0:
                break
            for switch in self.candidates(interleaving):
                found = self.try_(Interleaving((*interleaving.switches, switch)))
                if found is not None and len(found) <= len(failing):
                    return found
        return failing


def _without(switches: tuple[Switch, ...], size: int) -> Iterator[tuple[Switch, ...]]:
    if size == 1 or len(switches) <= _FEW_SWITCHES:  # few enough to try every choice
        yield from combinations(switches, len(switches) - size)
        return
    for begin in range(0, len(switches), size):
        yield switches[:begin] + switches[begin + size :]
