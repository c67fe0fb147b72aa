"""Counters that look alike: which of them count? `CANDIDATES` has them all.

Each is a class with `increment()`, `value`, and `expected`, which says under which model it loses
increments, and with how little.
"""

from __future__ import annotations

from harness.counters.almost_locked import (
    CopiedOutsideCounter,
    ForgottenPathCounter,
    LazyLockCounter,
    LockPerThreadCounter,
    ReleasedBetweenCounter,
    TwoPermitsCounter,
)
from harness.counters.counting import count
from harness.counters.expectation import Counter, Counterexample, Expectation
from harness.counters.fed import QueueCounter
from harness.counters.locked import (
    ConditionCounter,
    LockedCounter,
    RLockCounter,
    SemaphoreCounter,
)
from harness.counters.owned import MutexCounter
from harness.counters.plain import one
from harness.counters.unlocked import PlusEqualsCounter, UnlockedCounter
from harness.counters.without_lock import ItertoolsCounter, OptimisticCounter, ShardedCounter

CANDIDATES: tuple[type[Counter], ...] = (
    UnlockedCounter,
    PlusEqualsCounter,
    LockedCounter,
    RLockCounter,
    SemaphoreCounter,
    ConditionCounter,
    MutexCounter,
    QueueCounter,
    ItertoolsCounter,
    ShardedCounter,
    OptimisticCounter,
    ForgottenPathCounter,
    LockPerThreadCounter,
    ReleasedBetweenCounter,
    TwoPermitsCounter,
    LazyLockCounter,
    CopiedOutsideCounter,
)

__all__ = [
    "CANDIDATES",
    "ConditionCounter",
    "CopiedOutsideCounter",
    "Counter",
    "Counterexample",
    "Expectation",
    "ForgottenPathCounter",
    "ItertoolsCounter",
    "LazyLockCounter",
    "LockPerThreadCounter",
    "LockedCounter",
    "MutexCounter",
    "OptimisticCounter",
    "PlusEqualsCounter",
    "QueueCounter",
    "RLockCounter",
    "ReleasedBetweenCounter",
    "SemaphoreCounter",
    "ShardedCounter",
    "TwoPermitsCounter",
    "UnlockedCounter",
    "count",
    "one",
]
