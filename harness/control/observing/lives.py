"""Know when objects die that weak references lead to, and who looks at whether they live.

An object dies where its last reference is dropped, which may be any instruction. Each access that
drops something is taken to end a life, once there are weak references; all lives are one location.
Where a local variable was the last reference there is no access and no point, and what others do
just before cannot be tried. To know that, each object that a weak reference is made of is watched.
"""

from __future__ import annotations

import dis
import weakref
from collections.abc import Callable, Sequence
from threading import Thread
from types import GeneratorType
from typing import Any

from harness.control.accesses.contents import of_contents
from harness.control.accesses.locations import NOTHING, Accessed, Touch
from harness.control.observing.open_calls import OpenAccess, frame_of, frames_now
from harness.control.scheduling.scheduler import running
from harness.instrument.site import Site
from harness.kinds import BUILTIN_METHODS, is_a, is_any_of
from harness.operation import READ, UPDATE
from harness.outcome import Location
from harness.report.table import shown_path


class _Lives:
    """Be the owner of the location."""


LIVES = _Lives()
_MOST_WATCHED = 1_000
_END = Accessed((Touch(LIVES, "", UPDATE),), "weak reference")
_PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None), range))
_STORING = (".append", ".appendleft", ".extend", ".add", ".insert", ".setdefault", ".put")
_LOOK = Accessed((Touch(LIVES, "", READ),), "weak reference")
_CLASSES = frozenset(
    (weakref.ref, weakref.KeyedRef, weakref.WeakMethod, weakref.WeakSet, weakref.finalize)
)
_LEADING_ON = (list, tuple, set, frozenset)
# Executors keep their threads weakly, but live as long as these.
_LEFT_OUT = (weakref.WeakSet, Thread)
_PROXIES = (weakref.ProxyType, weakref.CallableProxyType)
_THROUGH_A_WEAK_SET = weakref.WeakSet.__iter__.__code__
_FILE = weakref.__file__  # whose dictionaries lose items when objects die


class Lives:
    """Watch the objects of one execution, for the observer that has it as `lives`.

    It does not refer to that: what an observer keeps must be free when the observer is.
    """

    def __init__(self) -> None:
        self.in_use = False  # something is or was watched
        self.end = _END  # what the end of any of them touches, with what its callbacks in C do
        self._watchers: dict[int, weakref.ref[Any]] = {}
        self._fresh: list[int] = []  # the program's reference was to be made after the watcher
        self._last: dict[int, tuple[Site, OpenAccess]] = {}  # each task's last access

    def note(self, task: int, site: Site, accessed: Accessed, write: bool) -> Accessed:
        """Take note that a task makes an access at a site, whose hook is running.

        Returns:
            What it touches, with the lives if something may die by it. Whether it does may depend
            on who else has looked before, so that is no matter of what happens this time.
        """
        frame = frame_of(site.code)
        if frame is not None:
            self._last[task] = site, OpenAccess(id(frame), frame.f_code, frame.f_lasti, ())
        stores = accessed.label.endswith(_STORING) and not accessed.label.startswith("deque")
        if write and not stores and type(accessed.value) not in _PLAIN:
            return accessed.joined(self.end)
        return accessed

    def of_call(self, site: Site, function: Any, given: Sequence[Any]) -> Accessed:
        """Resolve a call: what it looks at; what it makes weak references of is watched."""
        if self._fresh:
            self._renew()
        kind = type(function)
        if kind is type:
            if function in _CLASSES:
                self._watch(given[0])
                self._call_at_the_end(given[1])
        elif issubclass(kind, weakref.ref):
            self._watch(function())
            return _LOOK
        elif function is weakref.proxy or is_a(
            getattr(function, "__self__", None), weakref.WeakSet
        ):
            self._watch(*given)
        if self.in_use and (
            site.code.co_filename == _FILE
            or any(map(_has_weak_items, (getattr(function, "__self__", None), *given)))
        ):
            return _LOOK
        return NOTHING

    def of_access(self, site: Site, operand: Any) -> Accessed:
        """Resolve another access, for what it looks at."""
        self._renew()
        looks = _has_weak_items(operand) or (is_a(operand, dict) and site.code.co_filename == _FILE)
        return _LOOK if looks else NOTHING

    def watches_by(self, watchers: object) -> bool:
        """Say whether these watchers are its own, not those of an earlier execution."""
        return watchers is self._watchers

    def _call_at_the_end(self, callback: Any) -> None:
        if type(callback) in BUILTIN_METHODS:
            self.end = self.end.joined(of_contents((callback,)))

    def _watch(self, *objects: Any) -> None:
        for one in objects:
            if is_any_of(one, _LEFT_OUT) or len(self._watchers) >= _MOST_WATCHED:
                continue
            if type(one) in _LEADING_ON:
                self._watch(*list(one)[:_MOST_WATCHED])
            elif id(one) not in self._watchers:
                try:
                    self._watchers[id(one)] = weakref.ref(one, self._watcher_of(id(one)))
                    self._fresh.append(id(one))
                    self.in_use = True
                except TypeError:  # there are no weak references of its kind
                    continue

    def _renew(self) -> None:
        """Be told of a death before the program is, whose callbacks may pass points: newest first."""
        while self._fresh:
            identity = self._fresh.pop()
            watcher = self._watchers.get(identity)
            one = None if watcher is None else watcher()
            if one is not None:
                self._watchers[identity] = weakref.ref(one, self._watcher_of(identity))

    def _watcher_of(self, identity: int) -> Callable[[Any], None]:
        watchers, last = self._watchers, self._last

        def note_death(_: Any) -> None:
            watchers.pop(identity, None)
            observer = running.observer
            if (
                running.hears()
                and len(running.tasks) > 1
                and observer is not None
                and observer.lives.watches_by(watchers)
            ):
                site, access = last.get(running.current.number, _NOWHERE)
                if site is not None:
                    frame = frames_now().get(access.frame)
                    observer.note_death(
                        site, access.goes_on(frame) and not _drops_a_variable(frame)
                    )

        return note_death


def may_refer_weakly(function: Any) -> bool:
    """Say whether a call could make a weak reference, or be one of it."""
    return type(function) not in BUILTIN_METHODS or function is weakref.proxy


def _has_weak_items(one: Any) -> bool:
    if type(one) is GeneratorType:
        return bool(one.gi_code is _THROUGH_A_WEAK_SET)
    return type(one) in _PROXIES or is_a(one, weakref.WeakSet)


def _drops_a_variable(frame: Any) -> bool:
    """Say whether it is at an instruction after the access, which drops what was on the stack."""
    name: str = dis.opname[frame.f_code.co_code[frame.f_lasti]]
    return name.startswith(("STORE_FAST", "DELETE_FAST", "RETURN_", "POP_", "END_FOR"))


def about_death(site: Site) -> str:
    """Say that it cannot be tried what others do before an object dies without an access."""
    line = shown_path(Location(site.code.co_filename, site.line))
    return (
        f"after {line} an object dies with a local variable, or at the end of a call, and what "
        "others see through a weak reference just before that was not tried. Let it die by an "
        "assignment to an attribute or a global, or by a container that is cleared."
    )


_NOWHERE: tuple[Any, Any] = (None, None)
