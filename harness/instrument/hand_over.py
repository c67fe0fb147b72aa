"""Insert what marks the places where CPython hands over the GIL, whichever version this is.

The interpreter looks whether another thread wants the GIL when a frame starts or a generator is
resumed (RESUME), when it jumps back, and after a call that it did not inline. Here a hook stands
right after RESUME, right before a jump back, and before and after a call: before it, because
afterwards nobody could say what was called. These hooks count no switch point, so the numbers of
the points are the same with and without them.

What is inserted here goes together with what `harness.instrument.rewrite` inserts, and behind it.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any, TypeAlias

from harness.instrument.assembly import Instruction, encoded
from harness.instrument.draft import (
    FROM_FIRST_TO_CALLABLE,
    POP_TOP,
    Draft,
    begin_call,
    end_call,
)
from harness.instrument.known_code import KnownCode
from harness.instrument.operands import SUBSCRIPT

_PY312 = sys.version_info >= (3, 12)
_PY313 = sys.version_info >= (3, 13)
_PY314 = sys.version_info >= (3, 14)
_PY315 = sys.version_info >= (3, 15)

Hook: TypeAlias = Callable[..., Any]  # called with operands from the stack


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverHooks:
    """Say what code calls where this CPython may hand over the GIL.

    Only `jump_if_true` and `jump_if_false` are replacing: they take the truth value themselves.
    """

    passed: Hook  # (), at a place that hands over by itself
    begin_call: Hook  # (callable)
    begin_call_with_stars: Hook  # (callable)
    begin_entering: Hook  # (context manager), where C code calls __enter__
    begin_unchecked_call: Hook  # (callable), __enter__ or __exit__ without a check after it
    end_call: Hook  # (), after each of those above
    drop: Hook  # (object), before a local variable that holds it is deleted
    jump_if_true: Hook  # (object) -> bool, before a jump back that depends on it
    jump_if_false: Hook  # (object) -> bool
    jump_if_none: Hook  # (object)
    jump_if_not_none: Hook  # (object)
    allocate: Hook  # (), where memory is allocated that the collector tracks
    read_attribute: Hook  # (object, name), which may run Python code out of scope
    write_attribute: Hook  # (object, name), likewise
    operate: Hook  # (object, another or None, names of special methods), likewise
    use_key: Hook  # (container, key, value or None, its special methods), likewise
    use_slice: Hook  # (container or value, start, stop, its special methods), likewise


# Code whose own frames mark where they hand over.
marked = KnownCode()


def checks_on_resume(argument: int) -> bool:
    """Say whether RESUME with this argument looks if another thread wants the GIL."""
    return argument & _RESUME_MASK < _FIRST_RESUME_WITHOUT_CHECK


def mark_hand_overs(draft: Draft, hooks: HandOverHooks) -> None:
    """Add calls of the hooks to code, and to what goes into it already."""
    marking = _Marking(draft, hooks)
    for index, one in enumerate(draft.instructions):
        rule = _RULES.get(one.name)
        if rule is not None:
            rule(marking, index, one)


class _Marking:
    """Be the work on one code object."""

    def __init__(self, draft: Draft, hooks: HandOverHooks) -> None:
        self._draft = draft
        self._code = draft.code
        self._instructions = draft.instructions
        self._hooks = hooks

    def resume(self, index: int, one: Instruction) -> None:
        if checks_on_resume(one.argument):
            self._after(index, "passed")

    def jump(self, index: int, one: Instruction) -> None:
        self._before(index, "passed")

    def jump_if(self, index: int, one: Instruction) -> None:
        kind = one.name.removeprefix("POP_JUMP_BACKWARD_").lower()
        if kind.endswith("none"):
            self._before(index, f"jump_{kind}", 1)
        else:
            self._replace_top(index, f"jump_{kind}")

    def call(self, index: int, one: Instruction) -> None:
        """Look at the callable before what prepares the call, and mark what follows it."""
        before = index
        while self._instructions[before - 1].name in ("KW_NAMES", "PRECALL"):
            before -= 1
        arguments, depth = one.argument, one.argument + FROM_FIRST_TO_CALLABLE
        if _PY315 and self._instructions[index - 1].name == "LOAD_SPECIAL":
            self._before(before, "begin_unchecked_call", depth)
        elif not _PY313 and self._draft.starts_comprehension(before):
            return  # its code is part of this one
        else:
            if not _PY313 and (
                self._decorates(before) or self._draft.leaves_a_with(before, arguments)
            ):
                depth += 1  # it lies where other calls have NULL
            self._before(before, "begin_call", depth)
        self._after(index, "end_call")

    def call_by_keyword(self, index: int, one: Instruction) -> None:
        depth = one.argument + 1 + FROM_FIRST_TO_CALLABLE
        self._before(index, "begin_call", depth)
        self._after(index, "end_call")

    def call_with_stars(self, index: int, one: Instruction) -> None:
        parts = 2 if _PY314 or one.argument & 1 else 1
        self._before(index, "begin_call_with_stars", parts + FROM_FIRST_TO_CALLABLE)
        self._after(index, "end_call")

    def enter(self, index: int, one: Instruction) -> None:
        self._before(index, "begin_entering", 1)
        self._after(index, "end_call")

    def leave_with_an_exception(self, index: int, one: Instruction) -> None:
        self._before(index, "begin_unchecked_call", 5 if _PY314 else 4)
        self._after(index, "end_call")

    def drop(self, index: int, one: Instruction) -> None:
        """Load the variable, which fails as deleting it would if it is unbound."""
        self._draft.insert(index, encoded(_LOAD_CHECKED, one.argument))
        self._before(index, "drop", 1)
        self._draft.insert(index, POP_TOP)

    def allocate(self, index: int, one: Instruction) -> None:
        self._before(index, "allocate")

    # What may run Python code before it touches anything hands over before its own switch point.

    def read_attribute(self, index: int, one: Instruction) -> None:
        number = one.argument >> 1 if _PY312 and one.name == "LOAD_ATTR" else one.argument
        name = self._code.co_names[number]
        self._before_its_point(index, "read_attribute", 1, constants=(name,))

    def write_attribute(self, index: int, one: Instruction) -> None:
        name = self._code.co_names[one.argument]
        self._before_its_point(index, "write_attribute", 1, constants=(name,))

    def operate(self, index: int, one: Instruction) -> None:
        depths, names = _OPERATIONS[one.name]
        if one.name == "BINARY_OP":
            if one.argument == SUBSCRIPT:
                self._before_its_point(index, "use_key", 2, 1, constants=(None, _READ_ITEM))
                return
            names = _names_of_operator(one.argument)
        constants = (names,) if len(depths) > 1 else (None, names)
        self._before_its_point(index, "operate", *depths, constants=constants)

    def use_key(self, index: int, one: Instruction) -> None:
        depths, names = _ON_KEYS[one.name]
        constants = (names,) if len(depths) > 2 else (None, names)  # noqa: PLR2004  one is a value
        self._before_its_point(index, "use_key", *depths, constants=constants)

    def use_slice(self, index: int, one: Instruction) -> None:
        depths, names = _ON_SLICES[one.name]
        self._before_its_point(index, "use_slice", *depths, constants=(names,))

    # What the instructions nearby say, before 3.13 -------------------------------------------

    def _decorates(self, index: int) -> bool:
        """Say whether this calls a decorator with a function that was just made by `def`."""
        made, code = self._instructions[index - 1], self._instructions[index - 2]
        if self._instructions[index].argument:
            return False
        if made.name == "CALL":  # perhaps of another decorator, which stands below this one
            return self._decorates(index - 1 if _PY312 else index - 2)
        if made.name != "MAKE_FUNCTION":
            return False
        constant = self._code.co_consts[code.argument] if code.name == "LOAD_CONST" else None
        return isinstance(constant, CodeType) and constant.co_name != "<lambda>"

    # The calls of hooks ----------------------------------------------------------------------

    def _before(
        self, index: int, name: str, *depths: int, constants: tuple[object, ...] = ()
    ) -> None:
        self._draft.insert(index, self._call_of(name, depths, constants) + POP_TOP)

    def _before_its_point(
        self, index: int, name: str, *depths: int, constants: tuple[object, ...]
    ) -> None:
        at_the_point = self._draft.insertions.pop(index, b"")
        self._before(index, name, *depths, constants=constants)
        self._draft.insert(index, at_the_point)

    def _after(self, index: int, name: str) -> None:
        call = self._call_of(name, (), ()) + POP_TOP
        self._draft.replacements[index] = self._draft.body(index) + call

    def _replace_top(self, index: int, name: str) -> None:
        call = self._call_of(name, (1,), ()) + encoded("SWAP", 2) + POP_TOP
        self._draft.insert(index, call)

    def _call_of(self, name: str, depths: tuple[int, ...], constants: tuple[object, ...]) -> bytes:
        call = begin_call(self._constant(getattr(self._hooks, name)))
        above = 2  # NULL and the hook
        for depth in depths:
            call += encoded("COPY", depth + above)
            above += 1
        for constant in constants:
            call += encoded("LOAD_CONST", self._constant(constant))
        return call + end_call(len(depths) + len(constants))

    def _constant(self, value: object) -> int:
        constants = self._draft.constants
        for number in range(len(self._code.co_consts), len(constants)):
            if constants[number] is value:
                return number
        return self._draft.constant(value)


def _names_of_operator(argument: int) -> tuple[str, ...]:
    operator = _OPERATORS[argument % len(_OPERATORS)]
    names = (f"__{operator}__", f"__r{operator}__")
    return names if argument < len(_OPERATORS) else (*names, f"__i{operator}__")


_LOAD_CHECKED = "LOAD_FAST_CHECK" if _PY312 else "LOAD_FAST"
_RESUME_MASK = 7 if _PY315 else 3 if _PY313 else ~0
_FIRST_RESUME_WITHOUT_CHECK = 2  # 0: a start, 1: after yield, 2: after yield from, 3: after await

_OPERATORS = (  # in the order of BINARY_OP's arguments; then the same in place
    *("add", "and", "floordiv", "lshift", "matmul", "mul", "mod", "or", "pow", "rshift"),
    *("sub", "truediv", "xor"),
)
_COMPARED = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
_READ_ITEM = ("__getitem__",)
_TRUTH = ("__bool__", "__len__")
_TEXT = ("__format__", "__str__", "__repr__")

_OPERATIONS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "BINARY_OP": ((2, 1), ()),
    "COMPARE_OP": ((2, 1), _COMPARED),
    "GET_ITER": ((1,), ("__iter__", "__getitem__")),
    "FOR_ITER": ((2,) if _PY315 else (1,), ("__next__",)),
    "TO_BOOL": ((1,), _TRUTH),
    "UNARY_NOT": ((1,), _TRUTH),
    "UNARY_NEGATIVE": ((1,), ("__neg__",)),
    "UNARY_INVERT": ((1,), ("__invert__",)),
    "FORMAT_VALUE": ((1,), _TEXT),
    "FORMAT_SIMPLE": ((1,), _TEXT),
    "CONVERT_VALUE": ((1,), _TEXT),
    "UNPACK_SEQUENCE": ((1,), ("__iter__",)),
    "UNPACK_EX": ((1,), ("__iter__",)),
    "LIST_EXTEND": ((1,), ("__iter__",)),
    "SET_UPDATE": ((1,), ("__iter__",)),
}

_ON_KEYS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "CONTAINS_OP": ((1, 2), ("__contains__", "__iter__", "__getitem__")),
    "BINARY_SUBSCR": ((2, 1), _READ_ITEM),
    "STORE_SUBSCR": ((2, 1, 3), ("__setitem__",)),
    "DELETE_SUBSCR": ((2, 1), ("__delitem__",)),
}
_ON_SLICES: dict[str, tuple[tuple[int, int, int], tuple[str, ...]]] = {
    "BINARY_SLICE": ((3, 2, 1), _READ_ITEM),
    # A container with a __setitem__ of its own is seen when that starts.
    "STORE_SLICE": ((4, 2, 1), ("__iter__",)),
}

_Rule = Callable[[_Marking, int, Instruction], None]
_RULES: dict[str, _Rule] = {
    **dict.fromkeys(_OPERATIONS, _Marking.operate),
    **dict.fromkeys(_ON_KEYS, _Marking.use_key),
    **dict.fromkeys(_ON_SLICES, _Marking.use_slice),
    **dict.fromkeys(("LOAD_ATTR", "LOAD_METHOD"), _Marking.read_attribute),
    **dict.fromkeys(("STORE_ATTR", "DELETE_ATTR"), _Marking.write_attribute),
    "RESUME": _Marking.resume,
    "JUMP_BACKWARD": _Marking.jump,
    "CALL": _Marking.call,
    "CALL_KW": _Marking.call_by_keyword,
    "CALL_FUNCTION_EX": _Marking.call_with_stars,
    "BEFORE_WITH": _Marking.enter,
    "DELETE_FAST": _Marking.drop,
    "WITH_EXCEPT_START": _Marking.leave_with_an_exception,
}
if not _PY312:
    _RULES |= dict.fromkeys(
        (name for name in dis.opmap if name.startswith("POP_JUMP_BACKWARD_IF_")), _Marking.jump_if
    )
    # Later versions collect garbage only where they look whether somebody wants the GIL.
    _RULES |= dict.fromkeys(
        (
            *("BUILD_LIST", "BUILD_TUPLE", "BUILD_SET", "BUILD_MAP", "BUILD_CONST_KEY_MAP"),
            *("BUILD_SLICE", "MAKE_FUNCTION", "LIST_TO_TUPLE"),
        ),
        _Marking.allocate,
    )
