"""Hypothesis strategies for threading code: how many threads, how many rounds, who goes on when.

Each draws plain values that print as code, so that a failing example can be pasted back into
`@example(...)`. Bad arguments raise Hypothesis's `InvalidArgument` when the test runs, not when it
is imported.
"""

from strategies.counts import iteration_counts, thread_counts
from strategies.interleavings import interleavings
from strategies.intervals import switch_intervals
from strategies.operations import operations

__all__ = [
    "interleavings",
    "iteration_counts",
    "operations",
    "switch_intervals",
    "thread_counts",
]
