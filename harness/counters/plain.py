"""What most of the counters have in common."""

from __future__ import annotations


def one() -> int:
    """Return 1; as a call it lets another thread in between the read and the write."""
    return 1


class Plain:
    """Keep the count in an attribute that every thread can reach."""

    def __init__(self) -> None:
        self.count = 0

    @property
    def value(self) -> int:
        """Return the count."""
        return self.count
