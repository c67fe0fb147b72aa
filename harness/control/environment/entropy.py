"""Randomness that is the same in every execution: `random`, `os.urandom`, and so `uuid`."""

from __future__ import annotations

import os
import random
from _thread import get_ident
from collections.abc import Callable
from types import MethodType
from typing import Any

from harness.control.scheduling.scheduler import running

_SEED = 0
_real_urandom = os.urandom
_real_seed = random.Random.seed
_real_seed_shared = random.seed


class Entropy:
    """Seed `random` before each execution, and stop doing so once nobody turns out to use it.

    Seeding costs a quarter of a small execution, so it is done only while it matters.
    """

    def __init__(self) -> None:
        self._stream = random.Random(_SEED)
        self._epoch = -1
        self._before: Any = None
        self._seeded: Any = None
        self.is_used = True

    def begin_exploration(self) -> None:
        """Remember the generator's state."""
        self._before = random.getstate()
        self.is_used = True

    def begin_execution(self) -> None:
        """Make the generator start from the seed; needed only while `is_used`."""
        _real_seed_shared(_SEED)
        self._seeded = random.getstate()

    def look(self) -> None:
        """Find out whether the last execution used the generator."""
        self.is_used = random.getstate() != self._seeded

    def end_exploration(self) -> None:
        """Put the generator's state back."""
        if self._before is not None:
            random.setstate(self._before)
            self._before = None

    def urandom(self, size: int, /) -> bytes:
        """Stand in for `os.urandom` in tasks."""
        if running.thread_ident != get_ident():
            return _real_urandom(size)
        if self._epoch != running.epoch:
            self._epoch = running.epoch
            self._stream = random.Random(_SEED)
        return self._stream.randbytes(size)


entropy = Entropy()


def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    """Seed a generator; where the original asks the system for a seed, it is the same every time."""
    if a is None and running.thread_ident == get_ident():
        a = int.from_bytes(entropy.urandom(32), "big")
    _real_seed(self, a, version)


seed.__module__ = "random"  # it is a call of that module's
PATCHES: dict[str, Callable[..., Any]] = {"seed": seed}
seed_shared = MethodType(seed, random._inst)  # `random.seed` is its method
