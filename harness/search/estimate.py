"""How large a search is that was not finished, and which bound would let it finish.

The size is estimated from the part that was run, as if what branches off each state that it passed
last were equally large: Knuth, "Estimating the Efficiency of Backtrack Programs", 1975.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb, factorial, inf

_MOST = 10**12


@dataclass(frozen=True, slots=True)
class Estimate:
    """Be what is known about the size of a search.

    Args:
        share: the part of it that was run, between 0 and 1.
        points: how many steps of an execution depend on the order.
        threads: how many threads the body started.
    """

    share: float
    points: int
    threads: int

    def executions(self, run: int) -> float:
        """Return the number of executions of the whole search, of which `run` were made."""
        return run / self.share if self.share else inf

    def total(self, executions: int) -> str:
        """Return the number of executions of the whole search, in words."""
        estimated = self.executions(executions)
        if estimated >= _MOST:
            return "more than 1,000,000,000,000"
        total = round(estimated)
        magnitude = 10 ** max(0, len(str(total)) - 2)  # two digits are more than is known
        return f"about {max(executions + 1, total // magnitude * magnitude):,}"

    def fitting_bound(self, executions: int) -> int | None:
        """Return the most preemptions that so many executions are likely to cover, if any are."""
        fitting = None
        for bound in range(self.points + 1):
            if self.interleavings(bound) > executions:
                break
            fitting = bound
        return fitting

    def interleavings(self, preemptions: int) -> int:
        """Return about how many interleavings there are with at most so many preemptions."""
        threads = max(self.threads, 1)
        others = max(threads - 1, 1)
        places = sum(
            comb(self.points, count) * pow(others, count) for count in range(preemptions + 1)
        )
        return factorial(threads) * int(places)


def share_of(choices: Iterable[tuple[int, int]]) -> float:
    """Return the part of a tree that was passed, depth first.

    Args:
        choices: at each node on the way to the last leaf, the numbers of branches that were passed
            before, and of all that are known.
    """
    share, weight = 0.0, 1.0
    for passed, known in choices:
        weight /= known
        share += weight * passed
    return share + weight  # the last leaf was passed, too
