"""Find the interleaving that breaks ordinary threading code, or show that none does.

The names are loaded when they are used: pytest and Hypothesis look into this package in every
session, also where nobody uses it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.errors import (
        DeadlockError,
        HarnessError,
        InconclusiveError,
        OutOfStepsError,
        ReplayDivergenceError,
        UsageError,
    )
    from harness.execution import Execution
    from harness.exploration import Exploration, Failure, Witness
    from harness.exploring import check, explore, replay, run
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

_HOMES = {
    name: module
    for module, names in {
        "harness.errors": (
            "DeadlockError",
            "HarnessError",
            "InconclusiveError",
            "OutOfStepsError",
            "ReplayDivergenceError",
            "UsageError",
        ),
        "harness.execution": ("Execution",),
        "harness.exploration": ("Exploration", "Failure", "Witness"),
        "harness.exploring": ("check", "explore", "replay", "run"),
        "harness.interleaving": ("Interleaving", "Switch"),
        "harness.mutex": ("GuardReleasedError", "Mutex", "PoisonError"),
        "harness.outcome": ("Deadlocked", "OutOfSteps", "Raised", "Returned", "Stuck"),
        "harness.scoped_threads": ("scope",),
        "harness.stressing": ("Stress", "stress"),
        "harness.trace": ("Trace",),
    }.items()
    for name in names
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that it is defined in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
