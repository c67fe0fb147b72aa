"""The one seam through which somebody is told which execution it is whose steps are shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

around: Callable[[], AbstractContextManager[None]] = nullcontext
