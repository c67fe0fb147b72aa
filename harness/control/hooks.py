"""What the rewritten code calls before it touches something that other tasks may see.

Each hook counts the point, asks the scheduler where the point is watched or planned, and tells
the observer, if there is one. The first two are the hot path of every execution: three lines,
repeated in each hook, because a call in between would cost as much as the hook itself.
"""

from __future__ import annotations

import atexit
import sys
from types import CoroutineType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

from greenlet import getcurrent

from harness.control.accesses.calls import CALLED, MODULES, MODULES_OF_METHODS, READERS, matters
from harness.control.accesses.containers import is_container
from harness.control.accesses.given_functions import CACHE
from harness.control.environment.dates import VirtualDates, is_a_date
from harness.control.environment.rebinding import rebound
from harness.control.primitives import twins
from harness.control.primitives.lock import Lock
from harness.control.primitives.simple_queue import RealSimpleQueue
from harness.control.scheduling.scheduler import running
from harness.instrument.site import Hooks, Site

_NAMESPACES = (type, ModuleType)  # a union made anew each time would cost as much as the hook
_COMPARED = frozenset((SimpleNamespace, type({}.keys()), type({}.values()), type({}.items())))
_ATOMS = frozenset((bool, type(None), int, float, str, bytes, range))
_SEQUENCES = (tuple, list)
_IMMUTABLE = _ATOMS | {tuple, frozenset}


def access(operand: Any, site: Site) -> None:
    """Pass the point before an access to `operand`."""
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, operand)
        if running.observer is not None:
            running.observer.access(task, site, operand, None)


def access_with(operand: Any, detail: Any, site: Site) -> None:
    """Pass the point before an access to `operand`; `detail` is a key, an item or a new value."""
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, operand)
        if running.observer is not None:
            running.observer.access(task, site, operand, detail)


def write_attribute(operand: Any, value: Any, site: Site) -> None:
    """Pass the point before `operand.name = value`."""
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, operand)
        if running.observer is not None:
            running.observer.access(task, site, operand, value)
    if issubclass(type(operand), _NAMESPACES):
        site.is_more_than_a_point = True
        rebound.attribute(operand, site.name)


def delete_attribute(operand: Any, site: Site) -> None:
    """Pass the point before `del operand.name`."""
    if getcurrent() is not running.listening:
        return
    access(operand, site)
    if issubclass(type(operand), _NAMESPACES):
        site.is_more_than_a_point = True
        rebound.attribute(operand, site.name)


def lock_attribute(operand: Any, site: Site) -> Any:
    """Pass the point before a method is loaded of what is replaced: a real lock by its twin."""
    if getcurrent() is not running.listening:
        return operand
    access(operand, site)
    if type(operand) is type and is_a_date(operand, site.name):
        return VirtualDates(operand)
    return twins.controlled(operand)


def queue_attribute(operand: Any, site: Site) -> Any:
    """Pass the point before a method is loaded that a queue made early has: of it, or of its twin."""
    if getcurrent() is not running.listening:
        return operand
    access(operand, site)
    if type(operand) is not RealSimpleQueue:
        return operand
    site.is_more_than_a_point = True
    return twins.controlled(operand)


def enter(operand: Any, site: Site) -> Any:
    """Replace a real lock in a `with` statement by its twin."""
    if type(operand) is Lock or getcurrent() is not running.listening:
        return operand
    return twins.controlled(operand)


def read_name(site: Site) -> None:
    """Pass the point before a global, or a name of a class body, is read."""
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, None)
        if running.observer is not None:
            running.observer.name(task, site, sys._getframe(1), None)


def write_name(value: Any, site: Site) -> None:
    """Pass the point before a global, or a name of a class body, is bound."""
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, None)
        if running.observer is not None:
            running.observer.name(task, site, sys._getframe(1), value)
    if site not in rebound.sites:
        rebound.name(site, sys._getframe(1))


def delete_name(site: Site) -> None:
    """Pass the point before a global is deleted."""
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, None)
        if running.observer is not None:
            running.observer.name(task, site, sys._getframe(1), None)
    if site not in rebound.sites:
        rebound.name(site, sys._getframe(1))


def write_item(container: Any, key: Any, value: Any, site: Site) -> None:
    """Pass the point before `container[key] = value`."""
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, container)
        if running.observer is not None:
            running.observer.access(task, site, container, key, value)


def maybe_access(operand: Any, site: Site) -> None:
    """Pass the point before an operator reads `operand`, if that is something that can change."""
    if type(operand) in _IMMUTABLE:
        if site.watched:
            running.pass_over(site)
        return
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, operand)
        if running.observer is not None:
            running.observer.access(task, site, operand, None)


def delegate(operand: Any, site: Site) -> None:
    """Pass the point before what `yield from` or `await` goes through is asked for more."""
    if type(operand) is CoroutineType:  # whose code has points of its own, and whom nobody shares
        if site.watched:
            running.pass_over(site)
    else:
        access(operand, site)


def inplace(operand: Any, other: Any, site: Site) -> None:
    """Pass the point before `operand += other` and the like, if that may change the operand."""
    if type(operand) in _IMMUTABLE:
        if site.watched:
            running.pass_over(site)
    else:
        access_with(operand, other, site)


def resume(site: Site) -> None:
    """Pass the point after a generator has got the turn, or where code begins."""
    if getcurrent() is not running.listening:
        return
    task = running.current
    task.points = point = task.points + 1
    if site.watched or point >= task.stop_at:
        running.stop(task, point, site, None)
        if running.observer is not None:
            running.observer.access(task, site, None, None)


def operate(left: Any, right: Any, site: Site) -> None:
    """Pass the point before its operands are compared, added or formatted, if one can change."""
    if (type(left) in _ATOMS and type(right) in _ATOMS) or not (
        _can_change(left) or _can_change(right)
    ):
        if site.watched:
            running.pass_over(site)
    else:
        access_with(left, right, site)


def _can_change(operand: Any) -> bool:
    kind = type(operand)
    if kind is tuple:
        return any(map(is_container, operand))
    return is_container(operand) or kind in _COMPARED


def call(function: Any, argument: Any, site: Site) -> None:
    """Pass the point before code is called that has none, and may touch what others see."""
    kind = type(function)
    if (
        (kind is FunctionType and function.__module__ not in MODULES)
        or (kind is type and function not in READERS)
        or (
            kind is MethodType
            and type(behind := function.__func__) is FunctionType
            and behind.__module__ not in MODULES_OF_METHODS
        )
    ):
        if site.watched:
            running.pass_over(site)
    else:
        call_two(function, argument, None, site)


def call_two(
    function: Any, argument: Any, second: Any, site: Site, rest: tuple[Any, ...] = ()
) -> None:
    """Pass the point before such code is called with more than one argument."""
    kind = type(function)
    if kind is MethodType and type(function.__func__) is CACHE:
        function, kind = function.__func__, CACHE
    if kind is FunctionType or kind is MethodType:
        if function.__module__ not in MODULES or not matters(function, argument, second):
            if site.watched:
                running.pass_over(site)
            return
    elif kind not in CALLED and not (kind is type and function in READERS):
        if site.watched:
            running.pass_over(site)
        return
    if getcurrent() is running.listening:
        twins.refuse_real_method(function)
        task = running.current
        task.points = point = task.points + 1
        if site.watched or point >= task.stop_at:
            running.stop(task, point, site, function)
            if running.observer is not None:
                running.observer.call(task, site, function, argument, second, *rest)
        is_set = function is setattr or function is delattr
        if is_set and type(second) is str and issubclass(type(argument), _NAMESPACES):
            site.is_more_than_a_point = True
            rebound.attribute(argument, second)


def call_many(function: Any, arguments: tuple[Any, ...], site: Site) -> None:
    """Pass the point before such code is called with more than two arguments."""
    kind = type(function)
    if kind is FunctionType and function.__module__ not in MODULES:
        if site.watched:
            running.pass_over(site)
        return
    if kind in CALLED and function is not setattr:
        if getcurrent() is not running.listening:
            return
        task = running.current
        point = task.points + 1
        if not site.watched and point < task.stop_at:
            task.points = point
            return
    call_two(function, arguments[0], arguments[1], site, arguments[2:])


def call_stars(function: Any, arguments: Any, keywords: dict[str, Any] | None, site: Site) -> None:
    """Pass the point before such code is called with arguments that were unpacked."""
    if type(function) is FunctionType and function.__module__ not in MODULES:
        if site.watched:
            running.pass_over(site)
    else:
        # Any other iterable is unpacked by the call, and has had its own point for that.
        given = list(arguments) if type(arguments) in _SEQUENCES else [arguments]
        given += (keywords or {}).values()
        argument, second, *rest = (*given, None, None)
        call_two(function, argument, second, site, tuple(rest[: len(given) - 2]))


def call_nothing(function: Any, site: Site) -> None:
    """Pass the point before such code is called without arguments."""
    kind = type(function)
    if (  # as in `call`, written out: one of the two stands before most calls of a program
        (kind is FunctionType and function.__module__ not in MODULES)
        or (kind is type and function not in READERS)
        or (
            kind is MethodType
            and type(behind := function.__func__) is FunctionType
            and behind.__module__ not in MODULES_OF_METHODS
        )
    ):
        if site.watched:
            running.pass_over(site)
    else:
        call_two(function, None, None, site)


# While the interpreter ends, greenlets are gone before the code that calls the hooks.
atexit.register(globals().__setitem__, "getcurrent", object)

HOOKS = Hooks(
    read_attribute=access,
    write_attribute=write_attribute,
    delete_attribute=delete_attribute,
    lock_attribute=lock_attribute,
    queue_attribute=queue_attribute,
    super_attribute=access_with,
    match_class=access_with,
    read_cell=access,
    write_cell=access_with,
    delete_cell=access,
    read_name=read_name,
    write_name=write_name,
    delete_name=delete_name,
    read_item=access_with,
    write_item=write_item,
    delete_item=access_with,
    read_slice=access,
    write_slice=access_with,
    contains=access_with,
    iterate=maybe_access,
    step=access,
    delegate=delegate,
    unpack=maybe_access,
    truth=maybe_access,
    inplace=inplace,
    resume=resume,
    begin=resume,
    operate=operate,
    call=call,
    call_two=call_two,
    call_many=call_many,
    call_stars=call_stars,
    call_nothing=call_nothing,
    enter=enter,
)
