"""`model="gil"`: a switch only where this CPython hands over the GIL.

A thread can lose its turn at a hand-over site alone: where a frame starts, at a jump back, after a
call that was not inlined, in a call that waits. The switch points stay what they are, *before*
what others can see. So a switch at a point stands for a hand-over since the last thing that others
could see, and is allowed only if there was one:

    read n     point 4
    f()        a frame starts: hands over
    read f.z   point 5   a switch is allowed here, and known by this number …
    write n    point 6   … although a search is asked only here, if nobody else touches f.z

A task keeps the number of the last point that it had passed when it last handed over. An
interleaving is followed to the letter: its switch is allowed at the first point after a hand-over.
A search is asked only where it matters, at points that several tasks touch; what it decides there
is recorded as a switch at that first point. What lies between is touched by no other task, so both
lead to the same, as long as that is so: `moved` tells that it has to be confirmed.

What is allowed is meant to be everything that can happen. So calls that CPython specializes once
they are hot (`len`, `isinstance`, a class whose `__init__` it enters, …) count although only their
first executions hand over, and those of call sites that never get specialized.
"""

from __future__ import annotations

import atexit
import itertools
import sys
from collections import deque
from types import FrameType, FunctionType, GeneratorType, MethodType
from typing import Any

from greenlet import getcurrent

from harness.control.environment.finalizers import finalizers
from harness.control.gil.library_frames import IN_PYTHON, library_frames
from harness.control.gil.releasing import releases, releases_inside
from harness.control.primitives import event
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task
from harness.instrument.hand_over import HandOverHooks, marked
from harness.kinds import attribute_of, function_behind, is_a, is_heap_type
from harness.own_files import CONTROL

_PY312 = sys.version_info >= (3, 12)

_MOST_FRAMES = 10_000
# Operands of these run no code of others, and most operands are one.
_PLAIN = frozenset((bool, type(None), int, float, complex, str, bytes, list, dict, set, range))
# What operations on these make is nothing that the collector tracks.
_UNTRACKED = frozenset((bool, type(None), int, float, complex, str, bytes))
_OF_KEYS = ("__hash__", "__eq__", "__index__")
_EXTENDED = frozenset((list, deque, bytearray))
# Iterators in C that get what they give from others.
_AROUND_OTHERS = frozenset(
    (map, filter, zip, enumerate, *(one for one in vars(itertools).values() if type(one) is type))
)

_WITHOUT_A_CALL = {id(event.is_set.__code__)}  # it reads a flag, and returns

# For each frame whether the call that it has begun hands over when it has returned.
_ends: dict[int, bool] = {}


class HandOvers:
    """Say at which points the running task may be interrupted; the scheduler asks."""

    def __init__(self) -> None:
        self.moved = False  # a switch of this execution is known by an earlier point

    def begin_task(self) -> None:
        """Take note, on its carrier, that a task has begun."""
        library_frames.begin_task()

    def first_point(self, task: Task, point: int, is_due: bool) -> int:
        """Return the point by which a switch at `point` is known, 0 if none is allowed.

        Args:
            task: the running task.
            point: the number of the point that it has reached.
            is_due: whether a switch is planned for just this point, so that no other counts.
        """
        first = task.handed_over_at + 1
        if first == point or (not is_due and first > task.decided_at):
            return first
        return point if _is_out_of_scope(sys._getframe(1)) else 0


# While the interpreter ends, greenlets are gone before the code that calls the hooks.
atexit.register(globals().__setitem__, "getcurrent", object)


def passed() -> None:
    """Note that the running task hands over here."""
    if getcurrent() is running.listening:
        task = running.current
        task.handed_over_at = task.points


def begin_call(function: Any) -> None:
    """Look at what is about to be called by CALL or CALL_KW."""
    if getcurrent() is not running.listening:
        return
    kind = type(function)
    if kind is MethodType:
        function = function.__func__
        kind = type(function)
    ends = True
    if kind is FunctionType:
        code = id(function.__code__)
        ends = code not in marked and code not in _WITHOUT_A_CALL
        _starts_out_of_scope(function)
    elif releases_inside(function):
        passed()
    else:
        _starts_out_of_scope(function)
    if not _PY312:
        finalizers.look_at_call(function)
    _note(sys._getframe(1), ends)


def begin_call_with_stars(function: Any) -> None:
    """Look at what is about to be called by CALL_FUNCTION_EX, which inlines plain functions only."""
    if getcurrent() is not running.listening:
        return
    ends = True
    if type(function) is FunctionType:
        ends = not _PY312 or id(function.__code__) not in marked
    elif releases_inside(function):
        passed()
    _starts_out_of_scope(function_behind(function))
    if not _PY312:
        finalizers.look_at_call(function_behind(function))
    _note(sys._getframe(1), ends)


def begin_entering(manager: Any) -> None:
    """Look at what `with` is about to enter from C code, which makes no check of its own."""
    if getcurrent() is running.listening:
        if releases(manager):
            passed()
        _note(sys._getframe(1), _starts_out_of_scope(attribute_of(type(manager), "__enter__")))


def begin_unchecked_call(function: Any) -> None:
    """Look at what is about to be called without a check after it."""
    if getcurrent() is running.listening:
        if releases_inside(function):
            passed()
        _note(sys._getframe(1), _starts_out_of_scope(function_behind(function)))


def end_call() -> None:
    """Note a hand-over if the call that has returned is followed by a check."""
    if getcurrent() is running.listening and _ends.get(id(sys._getframe(1)), True):
        task = running.current
        task.handed_over_at = task.points


def drop(operand: Any) -> None:
    """Note a hand-over if the end of `operand`, which is about to come, gives up the GIL."""
    if releases(operand):
        passed()


def jump_if_true(operand: Any) -> bool:
    """Take the truth value; the jump back is taken, and hands over, if it is true."""
    if jumps := bool(operand):
        passed()
    return jumps


def jump_if_false(operand: Any) -> bool:
    """Take the truth value; the jump back is taken, and hands over, if it is false."""
    is_true = bool(operand)
    if not is_true:
        passed()
    return is_true


def jump_if_none(operand: Any) -> None:
    """Note a hand-over if the jump back is taken."""
    if operand is None:
        passed()


def jump_if_not_none(operand: Any) -> None:
    """Note a hand-over if the jump back is taken."""
    if operand is not None:
        passed()


def allocate() -> None:
    """Note a hand-over if a collection that begins here could run a finalizer."""
    if finalizers.may_run():
        passed()


def read_attribute(operand: Any, name: str) -> None:
    """Note a hand-over if reading an attribute runs Python code out of scope."""
    kind = type(operand)
    found = attribute_of(operand if is_a(operand, type) else kind, name)
    if found is None:
        _starts_out_of_scope(attribute_of(kind, "__getattr__"))
    elif type(found) is FunctionType:
        if not _PY312:
            allocate()  # a bound method
    elif type(found) is property:
        _starts_out_of_scope(found.fget)
    elif is_heap_type(type(found)):
        _starts_out_of_scope(attribute_of(type(found), "__get__"))
    if is_heap_type(kind):
        _starts_out_of_scope(attribute_of(kind, "__getattribute__"))


def write_attribute(operand: Any, name: str) -> None:
    """Note a hand-over if setting or deleting an attribute runs Python code out of scope."""
    kind = type(operand)
    if is_heap_type(kind):
        found = attribute_of(kind, name)
        if type(found) is property:
            _starts_out_of_scope(found.fset)
        elif is_heap_type(type(found)):
            _starts_out_of_scope(attribute_of(type(found), "__set__"))
        _starts_out_of_scope(attribute_of(kind, "__setattr__"))


def operate(left: Any, right: Any, names: tuple[str, ...]) -> None:
    """Note a hand-over if an operator runs Python code out of scope, or gives up the GIL."""
    if not _PY312 and type(left) not in _UNTRACKED:
        allocate()
    for operand in (left, right):
        kind = type(operand)
        if kind in _PLAIN:
            continue
        if releases(operand):
            passed()
        if is_heap_type(kind):
            for name in names:
                _starts_out_of_scope(attribute_of(kind, name))
        elif kind is GeneratorType and id(operand.gi_code) not in marked:
            passed()
    if type(left) in _EXTENDED:
        _iterate(right)  # as `list += generator` does, before it changes the list


def use_key(container: Any, key: Any, value: Any, names: tuple[str, ...]) -> None:
    """Note a hand-over if an item is reached, or stored, only after Python code has run."""
    if not _PY312:
        allocate()  # of the KeyError, or of what a slice copies
    if type(container) not in _PLAIN:
        operate(container, None, names)
        if not library_frames.seen:
            _starts_out_of_scope(attribute_of(type(container), "__missing__"))
    if type(key) not in _PLAIN:
        _evaluate(key)
        if type(key) is slice:
            _iterate(value)


def use_slice(operand: Any, start: Any, stop: Any, names: tuple[str, ...]) -> None:
    """Do so for a slice, where the operand is the container, or the value if that is stored."""
    if type(operand) not in _PLAIN:
        operate(operand, None, names)
        _iterate(operand)
    _evaluate(start)
    _evaluate(stop)


def _evaluate(key: Any) -> None:
    """Note a hand-over if a key, or a part of it, has special methods that Python code is."""
    kind = type(key)
    if kind is tuple:
        for part in key:
            _evaluate(part)
    elif kind is slice:
        for part in (key.start, key.stop, key.step):
            _evaluate(part)
    elif is_heap_type(kind):
        for name in _OF_KEYS:
            if type(attribute_of(kind, name)) is FunctionType:
                passed()


def _iterate(operand: Any) -> None:
    """Note a hand-over if iterating runs Python code, in scope or not."""
    kind = type(operand)
    if (
        kind is GeneratorType
        or kind in _AROUND_OTHERS
        or (is_heap_type(kind) and type(attribute_of(kind, "__iter__")) is FunctionType)
    ):
        passed()


# What is called --------------------------------------------------------------------------------


def _note(frame: FrameType, ends: bool) -> None:
    if len(_ends) > _MOST_FRAMES:  # of frames that are long gone
        _ends.clear()
    _ends[id(frame)] = ends


def _starts_out_of_scope(function: Any) -> bool:
    """Say whether calling `function` starts a frame out of scope, and note the hand-over if so."""
    if is_a(function, type):
        function = attribute_of(function, "__init__")
    if type(function) is not FunctionType:
        return False
    code = function.__code__
    if id(code) in marked or (code.co_filename.startswith(CONTROL) and id(code) not in IN_PYTHON):
        return False
    passed()
    return True


def _is_out_of_scope(frame: FrameType) -> bool:
    """Say whether code out of scope has called the primitive that asks: it hands over inside."""
    caller: FrameType | None = frame
    while caller is not None and caller.f_code.co_filename.startswith(CONTROL):
        caller = caller.f_back
    return caller is not None and id(caller.f_code) not in marked


HAND_OVER_HOOKS = HandOverHooks(
    passed=passed,
    begin_call=begin_call,
    begin_call_with_stars=begin_call_with_stars,
    begin_entering=begin_entering,
    begin_unchecked_call=begin_unchecked_call,
    end_call=end_call,
    drop=drop,
    jump_if_true=jump_if_true,
    jump_if_false=jump_if_false,
    jump_if_none=jump_if_none,
    jump_if_not_none=jump_if_not_none,
    allocate=allocate,
    read_attribute=read_attribute,
    write_attribute=write_attribute,
    operate=operate,
    use_key=use_key,
    use_slice=use_slice,
)
