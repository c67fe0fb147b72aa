"""`threading.Barrier` is the standard library's own; but who looks at it does so at a switch point."""

from __future__ import annotations

import threading
from _thread import get_ident
from typing import Any

from harness.control.primitives.condition import adopt
from harness.control.scheduling.scheduler import running
from harness.instrument.site import ASKED


def _looking(name: str) -> property:
    original: Any = threading.Barrier.__dict__[name]

    def look(self: Any) -> Any:
        if running.thread_ident == get_ident():
            adopt(self._cond)
            running.asked_at_release = ASKED
            running.synchronize(running.current, "locked", self._cond._lock)
        return original.fget(self)

    return property(look, doc=original.__doc__)


PROPERTIES = {name: _looking(name) for name in ("broken", "n_waiting")}
