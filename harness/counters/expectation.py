"""What is known about a counter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

GIL = "gil"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Be the size of the smallest case that loses an increment.

    Args:
        threads: the number of threads that count.
        iterations: the rounds of each of them.
        switches: the number of switches of the interleaving.
    """

    threads: int
    iterations: int
    switches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Say what is known about a counter.

    Args:
        free_threaded: the smallest counterexample where a switch is possible everywhere, `None`
            if every interleaving gives the full total.
        gil: the same where a switch is possible only where CPython hands over the GIL. For these
            counters that is one answer for 3.11 to 3.15.
        why: the reason, in a sentence.
    """

    free_threaded: Counterexample | None = None
    gil: Counterexample | None = None
    why: str

    @property
    def holds(self) -> bool:
        """Say whether it counts under every model."""
        return self.free_threaded is None and self.gil is None

    def under(self, model: str) -> Counterexample | None:
        """Return the smallest counterexample under `model`, `None` if it holds there."""
        return self.gil if model == GIL else self.free_threaded


def loses(threads: int, iterations: int, switches: int, *, why: str) -> Expectation:
    """Expect the same counterexample under both models: a hand-over lies in the window."""
    smallest = Counterexample(threads, iterations, switches)
    return Expectation(free_threaded=smallest, gil=smallest, why=why)


class Counter(Protocol):
    """Be something that threads count with."""

    expected: ClassVar[Expectation]

    @property
    def value(self) -> int:
        """Return how often `increment` was called, if the counter holds."""

    def increment(self) -> None:
        """Add one."""
