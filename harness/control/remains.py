"""Put back what stood before an execution, and forget what stood in for it.

Nothing of it is in most executions: whoever leaves something says so in `running.has_remains`.
"""

from __future__ import annotations

from harness.control.environment.rebinding import rebound
from harness.control.library.thread import end_threads
from harness.control.primitives.condition import release_adopted
from harness.control.primitives.local import locals_
from harness.control.primitives.twins import forget_twins
from harness.control.scheduling.carriers import keep_for_ever
from harness.control.scheduling.scheduler import running


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
