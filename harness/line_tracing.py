"""Stop Hypothesis from noting the lines that run while a body runs under control.

To explain a failure, Hypothesis notes each line that an example runs. The scheduler's lines are
none of the test's, and there are so many of them that an exploration takes ten times as long; and
a body runs its own lines in many orders whatever the example is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

_MODULE = "hypothesis.internal.scrutineer"
_TOOL_ID, _TOOL_NAME = 3, "scrutineer"


def pause() -> Callable[[], object]:
    """Let Hypothesis note no lines, and return what lets it go on."""
    if sys.version_info >= (3, 12):
        monitoring = sys.monitoring
        if monitoring.get_tool(_TOOL_ID) == _TOOL_NAME:
            events = monitoring.get_events(_TOOL_ID)
            monitoring.set_events(_TOOL_ID, monitoring.events.NO_EVENTS)
            return lambda: monitoring.set_events(_TOOL_ID, events)
    else:
        trace = sys.gettrace()
        if type(getattr(trace, "__self__", None)).__module__ == _MODULE:
            sys.settrace(None)
            return lambda: sys.settrace(trace)
    return go_on


def go_on() -> None:
    """Do what there is to do when Hypothesis was noting nothing."""
