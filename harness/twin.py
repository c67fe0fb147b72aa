"""The one seam through which the harness's own locks come under control."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

L = TypeVar("L")

# Code of the harness gets no switch points, so nothing exchanges its locks on the stack as in the
# code in scope. The control layer sets this for the time of an exploration.
find_twin: Callable[[Any], Any] | None = None


def controlled_twin(lock: L) -> L:
    """Return what stands for `lock` during an execution, and `lock` itself outside of one.

    Args:
        lock: a lock, real or controlled.
    """
    return lock if find_twin is None else find_twin(lock)
