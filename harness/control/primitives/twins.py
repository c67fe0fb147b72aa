"""Real locks that the code in scope meets are replaced, on the stack, by controlled twins.

Programs create locks in module globals, class attributes, closures and singletons long before an
exploration, and `from threading import Lock` goes on making real ones in it. The rewritten code
looks at each object whose `acquire` or `release` it loads and at each `with`; what is a real lock
there is exchanged for the twin that stands for it during this execution. A `SimpleQueue` that was
made early is met and exchanged likewise.
"""

from __future__ import annotations

import _thread
import threading
from typing import Any, TypeAlias

from harness.control.primitives.condition import adopt as adopt_condition
from harness.control.primitives.lock import Lock
from harness.control.primitives.rlock import RLock
from harness.control.primitives.simple_queue import EarlyQueue, RealSimpleQueue, resource_of
from harness.control.scheduling.scheduler import running
from harness.errors import UsageError
from harness.kinds import is_a, name_of

REAL_LOCK = type(_thread.allocate_lock())
REAL_RLOCK = _thread.RLock
_METHODS_OF_LOCKS = frozenset(("acquire", "release", "__enter__", "__exit__"))

# Whoever is one of these takes care of the locks in it when it is used.
WITH_OWN_ADOPTION = (threading.Condition, threading.Thread, threading.local)

_Twin: TypeAlias = Lock | RLock | EarlyQueue
_REPLACED = frozenset((REAL_LOCK, REAL_RLOCK, RealSimpleQueue))

_twins: dict[int, tuple[Any, Any]] = {}  # id of the real lock -> (the real lock, its twin)
# Those that stand for it during a whole exploration.
_pinned: dict[int, tuple[Any, _Twin]] = {}


def controlled(candidate: Any) -> Any:
    """Return the controlled twin of a real lock or queue; everything else comes back as it is.

    Raises:
        UsageError: for a kind of lock that no twin can stand for.
    """
    kind = type(candidate)
    if kind in _REPLACED:
        found = _twins.get(id(candidate))
        if found is None:
            found = _twins[id(candidate)] = (candidate, _make(candidate))
            running.has_remains = True
        return found[1]
    if kind is threading.Condition or is_a(candidate, threading.Condition):
        adopt_condition(candidate)
    elif is_a(candidate, REAL_RLOCK):
        raise UsageError(
            f"The class {name_of(kind)} is derived from that of threading's RLock, which is written "
            "in C, so the harness cannot control it. Let it have a lock as an attribute."
        )
    return candidate


def refuse_real_method(function: Any) -> None:
    """Complain about a bound method of a real lock, which would block outside our sight.

    Raises:
        UsageError: naming the method and where it is called.
    """
    owner = type(getattr(function, "__self__", None))
    if (owner is REAL_LOCK or owner is REAL_RLOCK) and function.__name__ in _METHODS_OF_LOCKS:
        raise UsageError(
            f"The code calls {function.__name__}() of {function.__self__!r} through a method that "
            "was taken from the lock before the exploration began, so the harness cannot control "
            "it. Keep the lock instead of its method, or create it inside the body."
        )


def pin(real: Any) -> _Twin:
    """Return the twin that stands for a real lock or queue until `unpin`, in this thread only."""
    found = _pinned.get(id(real))
    if found is None:
        twin = _new(real)
        if not isinstance(twin, EarlyQueue):
            twin.stand_for(real)
        found = _pinned[id(real)] = _twins[id(real)] = (real, twin)
    return found[1]


def unpin() -> None:
    """Forget the twins of an exploration."""
    _pinned.clear()
    _twins.clear()


def forget_twins() -> None:
    """Forget all twins of an execution, with the state that they are in."""
    if len(_twins) > len(_pinned):
        _twins.clear()
        _twins.update(_pinned)


def _make(real: Any) -> _Twin:
    if is_held(real):
        raise UsageError(
            f"{real!r} is held by code outside the exploration, so no task could ever take it. "
            "Release it before the exploration begins, or create it inside the body."
        )
    # Who meets it first differs from one interleaving to another, so nobody is its maker.
    observer, running.observer = running.observer, None
    try:
        twin = _new(real)
    finally:
        running.observer = observer
    if observer is not None:
        observer.meet(resource_of(twin))
    return twin


def _new(real: Any) -> _Twin:
    if type(real) is RealSimpleQueue:
        return EarlyQueue(real)
    return Lock() if type(real) is REAL_LOCK else RLock()


def is_real(candidate: Any) -> bool:
    """Say whether it is a real lock or queue."""
    return type(candidate) in _REPLACED


def is_held(real: Any) -> bool:
    """Say whether somebody outside the exploration holds a real lock."""
    if type(real) is RealSimpleQueue:
        return False
    if type(real) is REAL_LOCK:
        return bool(real.locked())
    return not repr(real).startswith("<unlocked")


def is_twin(lock: Any) -> bool:
    """Say whether it stands for a real lock."""
    return any(resource_of(twin) is lock for _, twin in _twins.values())


def twins_in_use() -> int:
    """Return how many real locks have a twin; 0 between executions."""
    return len(_twins)
