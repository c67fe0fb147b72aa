"""Find the interleaving that breaks ordinary threading code, or show that none does."""

from harness.errors import (
    DeadlockError,
    HarnessError,
    InconclusiveError,
    OutOfStepsError,
    ReplayDivergenceError,
    UsageError,
)
from harness.execution import Execution, run
from harness.exploration import Exploration, Failure, Witness
from harness.exploring import check, explore, replay
from harness.interleaving import Interleaving, Switch
from harness.mutex import GuardReleasedError, Mutex, PoisonError
from harness.outcome import Deadlocked, OutOfSteps, Raised, Returned, Stuck
from harness.scoped_threads import scope
from harness.stressing import Stress, stress
from harness.trace import Trace

__all__ = [
    "DeadlockError",
    "Deadlocked",
    "Execution",
    "Exploration",
    "Failure",
    "GuardReleasedError",
    "HarnessError",
    "InconclusiveError",
    "Interleaving",
    "Mutex",
    "OutOfSteps",
    "OutOfStepsError",
    "PoisonError",
    "Raised",
    "ReplayDivergenceError",
    "Returned",
    "Stress",
    "Stuck",
    "Switch",
    "Trace",
    "UsageError",
    "Witness",
    "check",
    "explore",
    "replay",
    "run",
    "scope",
    "stress",
]
