"""Know what a body does that no hook can see the effect of, so that nothing is said to hold.

A call of a Python function is no access, because nearly nobody changes a function while others
call it; operators look for their methods in classes without an instruction for that.
"""

from __future__ import annotations

from queue import Queue
from types import FunctionType, ModuleType
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.instrument.site import Site
from harness.kinds import is_a
from harness.outcome import Location
from harness.report.table import shown_path

_OF_FUNCTIONS = frozenset(("__defaults__", "__kwdefaults__", "__code__"))
# Read by hooks alone, or by nobody.
_SEEN = frozenset(("__dict__", "__doc__", "__name__", "__qualname__", "__module__"))


def unseen_read(site: Site, owner: Any) -> str:
    """Say that others change what an attribute leads to where nobody sees it, or nothing."""
    if site.name != "queue" or not is_a(owner, Queue) or len(running.alive) == 1:
        return ""
    if getattr(owner.mutex, "owner", None) is running.current:
        return ""
    line = shown_path(Location(site.code.co_filename, site.line))
    return (
        f"{line} reads what a {type(owner).__name__} keeps its items in, and its methods are not "
        "seen to change that: hold its mutex meanwhile."
    )


def unseen_write(site: Site, owner: Any, value: Any) -> str:
    """Say that others do not see when an attribute is set, or nothing if they do."""
    name = site.name
    if not name.endswith("__") or name in _SEEN or len(running.alive) == 1:
        return ""
    if is_a(owner, FunctionType) and name in _OF_FUNCTIONS:
        what = "a function, and the harness does not see its calls as reads of that"
    elif is_a(owner, type) and is_a(value, FunctionType):
        what = "a class, and operators that call it are not seen as reads of that"
    elif name == "__class__" and not is_a(owner, ModuleType):
        what = "an object, and type(), isinstance() and operators are not seen as reads of that"
    else:
        return ""
    line = shown_path(Location(site.code.co_filename, site.line))
    return f"{line} sets {name} of {what}: do it before the threads start."
