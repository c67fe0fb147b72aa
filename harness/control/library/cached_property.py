"""`functools.cached_property` before 3.12: it has a lock, which a class made anywhere may hold."""

from __future__ import annotations

from _thread import get_ident
from functools import cached_property
from typing import Any

from harness.control.primitives import twins
from harness.control.scheduling.scheduler import running

_original_get = cached_property.__get__


def _get(self: Any, instance: Any, owner: Any = None) -> Any:
    real = getattr(self, "lock", None)
    if running.thread_ident != get_ident() or not twins.is_real(real):
        return _original_get(self, instance, owner)
    self.lock = twins.controlled(real)
    try:
        return _original_get(self, instance, owner)
    finally:
        self.lock = real


PATCHES = {"__get__": _get} if hasattr(cached_property(len), "lock") else {}
