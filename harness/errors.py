"""Every exception that the harness raises for its users, in one place."""

from __future__ import annotations


class HarnessError(Exception):
    """Be the common base of the harness's own exceptions."""


class UsageError(HarnessError):
    """Report a call that the harness cannot carry out: the message names the value and the remedy."""


class DeadlockError(HarnessError, AssertionError):
    """Report that every live task waits for another: the message lists who waits for what."""


class OutOfStepsError(HarnessError, AssertionError):
    """Report a body that makes no progress, also when every task gets its fair share of turns."""


class InconclusiveError(HarnessError):
    """Report that nothing was learned: the message says why and what to do."""


class ReplayDivergenceError(HarnessError):
    """Report that a token no longer fits the program: the message names the first switch that differs."""


class InternalError(HarnessError):
    """Report a fault of the harness itself: please file a bug with the message."""
