"""Put back what stood before an execution, and forget what stood in for it.

Nothing of it is in most executions: whoever leaves something says so in `running.has_remains`.
"""

from __future__ import annotations

from harness.control.carriers import keep_for_ever
from harness.control.primitives.condition import release_adopted
from harness.control.primitives.local import locals_
from harness.control.primitives.thread import end_threads
from harness.control.rebinding import rebound
from harness.control.scheduler import running
from harness.control.twins import forget_twins


def clear_remains() -> None:
    """Clear away what the last execution has left."""
    running.has_remains = False
    forget_twins()
    release_adopted()
    if running.before_switch is not None:
        locals_.end()
    end_threads()
    keep_for_ever(running.alive)
    rebound.put_back()
