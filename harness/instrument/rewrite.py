"""Insert calls of hooks into code: a hook runs right before the instruction that it is about.

Where a hook's operands lie on the stack is said by depth: 1 is the top. No hook may get the NULL
that CPython keeps beside a callable; Python code would crash on it. So the form of LOAD_ATTR that
loads a method in two parts becomes the plain one, which loads a bound method. What an instruction
finds on the stack is known from the instructions just before it, if no jump leads between them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import CO_GENERATOR, CO_OPTIMIZED
from types import CodeType
from typing import TypeAlias

from harness.instrument.assembly import Instruction, encoded, handlers_of, variable_names
from harness.instrument.draft import (
    FROM_FIRST_TO_CALLABLE,
    POP_TOP,
    PUSH_NULL,
    Draft,
    begin_call,
    end_call,
)
from harness.instrument.hand_over import mark_hand_overs, marked
from harness.instrument.operands import (
    AT_A_YIELD,
    CONSTANTS,
    EXIT,
    HAS_SPEC,
    INPLACE,
    LOAD_CELL,
    MAKE_A_DECORATED,
    MAKE_A_SEQUENCE,
    MAKE_ATOMS,
    MULTIPLY,
    ON_ATTRIBUTES,
    ON_CELLS,
    ON_ITEMS,
    ON_NAMES,
    ON_THE_STACK,
    REPLACED_BY,
    RESUMED,
    SLICED,
    SUBSCRIPT,
    UNSHARED,
    WITHOUT_EFFECT,
)
from harness.instrument.site import Hooks, Site

_Position: TypeAlias = tuple[int | None, int | None, int | None, int | None]

_PY312 = sys.version_info >= (3, 12)
_PY313 = sys.version_info >= (3, 13)
_PY314 = sys.version_info >= (3, 14)
_PY315 = sys.version_info >= (3, 15)

_STACK_FOR_A_CALL = 6  # NULL, hook, three operands, site


def rewrite(
    code: CodeType, hooks: Hooks, place: Callable[[Site], Site | None] | None = None
) -> CodeType:
    """Return the code, and all code within it, with calls of the hooks inserted.

    Args:
        code: what to rewrite.
        hooks: what it will call.
        place: is given each new site, in the order of the instructions, and returns the one to
            give to the hook, or `None` to leave the hook out; every site is kept without it.
    """
    return _Rewriting(code, hooks, place).result()


class _Rewriting:
    """Be the work on one code object."""

    def __init__(
        self, code: CodeType, hooks: Hooks, place: Callable[[Site], Site | None] | None
    ) -> None:
        self._draft = draft = Draft(code)
        self._code = code
        self._hooks = hooks
        self._place = place
        self._hook_constants: dict[str, int] = {}
        self._most_arguments = 0  # of a call whose arguments a hook gets in a tuple
        self._kinds: set[str] = set()  # of the hooks, also of those that are left out
        self._instructions = draft.instructions
        self._positions: list[_Position] = list(code.co_positions())
        self._joins = {one.target for one in self._instructions} | handlers_of(code)
        self._cells = variable_names(code)
        self._class_statements: list[_Position] = []  # those whose class is not built yet
        self._bound_methods: dict[int, bytes] = {}  # loads of methods as a hook can see them

    def result(self) -> CodeType:
        """Return the rewritten code."""
        for index, one in enumerate(self._instructions):
            rule = _RULES.get(one.name)
            if rule is not None:
                rule(self, index, one)
        if self._kinds <= _MAYBE_POINTS and self._may_be_called_back():
            self._observe_behind(self._first_resume(), "begin")
        for index, constant in enumerate(self._code.co_consts):
            if isinstance(constant, CodeType):
                self._draft.constants[index] = rewrite(constant, self._hooks, self._place)
        hand_over = self._hooks.hand_over
        if hand_over is not None or not _ON_CALLS.isdisjoint(self._hook_constants):
            self._draft.replacements |= self._bound_methods
        if hand_over is not None:
            mark_hand_overs(self._draft, hand_over)
        rewritten = self._draft.result(_STACK_FOR_A_CALL + self._most_arguments)
        if hand_over is not None:
            marked.note(rewritten)
        return rewritten

    # What to insert, and where.

    def _on_the_stack(self, index: int, one: Instruction) -> None:
        kind, depths = ON_THE_STACK[one.name]
        if self._previous(index) not in WITHOUT_EFFECT.get(kind, ()) or (
            one.name == "COMPARE_OP" and self._looks_like_a_container(index - 1)
        ):
            self._observe(index, kind, depths)

    def _resume(self, index: int, one: Instruction) -> None:
        code = self._code
        if (
            code.co_flags & CO_GENERATOR
            and one.argument & RESUMED in AT_A_YIELD
            and code.co_name != "<genexpr>"  # which nobody shares
        ):
            self._observe_behind(index, "resume")

    def _yield(self, index: int, one: Instruction) -> None:
        """Let C code, like `sum`, read what it gets from a generator expression."""
        if self._code.co_name == "<genexpr>" and self._previous(index) not in MAKE_ATOMS:
            self._observe(index, "operate", (1, 1))

    def _may_be_called_back(self) -> bool:
        code = self._code
        return bool(code.co_flags & CO_OPTIMIZED) and code.co_name not in _COMPREHENSIONS

    def _first_resume(self) -> int:
        return next(at for at, one in enumerate(self._instructions) if one.name == "RESUME")

    def _name(self, index: int, one: Instruction) -> None:
        kind, depths = ON_NAMES[one.name]
        number = one.argument >> 1 if one.name == "LOAD_GLOBAL" else one.argument
        name = self._code.co_names[number]
        if name not in UNSHARED and not name.startswith("."):
            self._observe(index, kind, depths, name)

    def _cell(self, index: int, one: Instruction) -> None:
        name = self._cells[one.argument]
        if name not in UNSHARED and not name.startswith("."):
            kind, depths = ON_CELLS[one.name]
            self._observe(index, kind, depths, name, encoded(LOAD_CELL, one.argument))

    def _item(self, index: int, one: Instruction) -> None:
        kind, depths = ON_ITEMS[one.name]
        if kind in SLICED and self._key_is_a_slice(index):
            kind, depths = SLICED[kind]
        self._observe(index, kind, depths)

    def _binary(self, index: int, one: Instruction) -> None:
        if one.argument == SUBSCRIPT:
            self._item(index, one)
        elif one.argument in INPLACE:
            self._observe(index, "inplace", (2, 1))
        elif (
            one.argument == MULTIPLY
            or self._previous(index) not in CONSTANTS
            or self._looks_like_a_container(index - 1)
        ):
            self._observe(index, "operate", (2, 1))

    def _match_class(self, index: int, one: Instruction) -> None:
        if one.argument:
            self._observe(index, "match_class", (3, 2))
        names = self._instructions[index - 1]
        if names.name == "LOAD_CONST":
            for name in self._code.co_consts[names.argument]:
                self._observe(index, "read_attribute", (3,), name)

    def _format(self, index: int, one: Instruction) -> None:
        depth = 2 if one.argument & HAS_SPEC else 1
        self._observe(index, "operate", (depth, depth))

    def _read_attribute(self, index: int, one: Instruction) -> None:
        in_two_parts = one.name == "LOAD_METHOD" or (_PY312 and one.argument & 1)
        number = one.argument >> 1 if _PY312 else one.argument
        name = self._code.co_names[number]
        if name in REPLACED_BY:
            self._replace(index, REPLACED_BY[name], name)
        else:
            self._observe(index, "read_attribute", (1,), name)
        if in_two_parts:
            plain = encoded("LOAD_ATTR", one.argument & ~1 if _PY312 else one.argument)
            self._bound_methods[index] = plain + _NULL_BESIDE_THE_TOP

    def _write_attribute(self, index: int, one: Instruction) -> None:
        kind, depths = ON_ATTRIBUTES[one.name]
        self._observe(index, kind, depths, self._code.co_names[one.argument])

    def _super_attribute(self, index: int, one: Instruction) -> None:
        """Observe the read, and load a bound method, so that the call of it can be observed."""
        self._observe(index, "super_attribute", (2, 1), self._code.co_names[one.argument >> 2])
        if one.argument & 1:
            plain = encoded("LOAD_SUPER_ATTR", one.argument & ~1)
            self._bound_methods[index] = plain + _NULL_BESIDE_THE_TOP

    def _enter(self, index: int, one: Instruction) -> None:
        if one.name == "BEFORE_WITH" or self._starts_with(index, one):
            self._replace(index, "enter", "")

    def _class_statement(self, index: int, one: Instruction) -> None:
        self._class_statements.append(self._positions[one.start])

    def _call(self, index: int, one: Instruction) -> None:
        """Observe a call, before what prepares it: KW_NAMES before 3.13, and PRECALL on 3.11."""
        if self._instructions[index - 1].name in ("KW_NAMES", "PRECALL"):
            return
        if self._completes_a_class(one):
            return
        counted = self._instructions[index + 1] if one.name == "KW_NAMES" else one
        arguments = counted.argument
        first = arguments + 1 if one.name == "CALL_KW" else arguments
        callable_ = first + FROM_FIRST_TO_CALLABLE
        if arguments:
            # The first argument may be one with a keyword.
            if arguments == 1:
                self._observe(index, "call", (callable_, first))
            elif arguments == 2:  # noqa: PLR2004  that is the hook's name
                if not self._draft.leaves_a_with(index, arguments):
                    self._observe(index, "call_two", (callable_, first, first - 1))
            elif not self._draft.leaves_a_with(index, arguments):
                self._observe_many(index, callable_, first, arguments)
        elif not _PY313 or self._draft.pushes_null(index - 1):
            if not self._draft.starts_comprehension(index) and not self._loads_super(index - 1):
                self._observe(index, "call_nothing", (callable_,))
        elif self._instructions[index - 1].name in MAKE_A_DECORATED:
            # The decorator, and what it decorates, which lies where NULL lies for other calls.
            self._observe(index, "call", (2, 1))

    def _call_with_stars(self, index: int, one: Instruction) -> None:
        if self._completes_a_class(one):
            return
        before = index
        if _PY314:  # NULL lies where ** has nothing
            arguments = 2
            has_keywords = self._instructions[index - 1].name != "PUSH_NULL"
            before = index if has_keywords else index - 1
        else:
            has_keywords = bool(one.argument & 1)
            arguments = 2 if has_keywords else 1
        if has_keywords or self._previous(before) not in MAKE_A_SEQUENCE:
            self._observe(index, "unpack", (arguments,))
        site = self._site(index, "call_stars", "")
        if site is not None:
            function = arguments + FROM_FIRST_TO_CALLABLE
            call = self._begin_call("call_stars")
            call += encoded("COPY", function + 2) + encoded("COPY", arguments + 3)
            nothing = encoded("LOAD_CONST", self._draft.constant(None))
            call += encoded("COPY", 5) if has_keywords else nothing
            self._draft.insert(index, call + self._end_call(site, 4) + POP_TOP)

    # What the instructions nearby say.

    def _previous(self, index: int) -> str:
        """Return the instruction that made the top of the stack, or "" if another may have."""
        while index and self._instructions[index].start not in self._joins:
            index -= 1
            one = self._instructions[index]
            if not (one.name == "NOT_TAKEN" or (one.name == "COPY" and one.argument == 1)):
                return one.name
        return ""

    def _key_is_a_slice(self, index: int) -> bool:
        one = self._instructions[index - 1]
        return one.name == "BUILD_SLICE" or (
            one.name == "LOAD_CONST" and isinstance(self._code.co_consts[one.argument], slice)
        )

    def _looks_like_a_container(self, index: int) -> bool:
        """Say whether a container may be compared with, or added to, a constant item by item."""
        one = self._instructions[index]
        return one.name == "LOAD_CONST" and type(self._code.co_consts[one.argument]) in (
            bytes,
            tuple,
        )

    def _loads_super(self, index: int) -> bool:
        one = self._instructions[index]
        return one.name == "LOAD_GLOBAL" and self._code.co_names[one.argument >> 1] == "super"

    def _completes_a_class(self, one: Instruction) -> bool:
        if self._class_statements and self._class_statements[-1] == self._positions[one.start]:
            self._class_statements.pop()
            return True
        return False

    def _starts_with(self, index: int, one: Instruction) -> bool:
        following = self._instructions[index + 1]
        return one.argument == 1 and following.name == "LOAD_SPECIAL" and following.argument == EXIT

    # The calls of hooks.

    def _observe(
        self,
        index: int,
        kind: str,
        depths: tuple[int, ...],
        name: str = "",
        first_operand: bytes = b"",
    ) -> None:
        """Insert the call of a hook with operands from the stack, dropping what it returns."""
        site = self._site(index, kind, name)
        if site is None:
            return
        call = self._begin_call(kind) + first_operand
        above = 3 if first_operand else 2  # NULL, the hook, the first operand
        for depth in depths:
            call += encoded("COPY", depth + above)
            above += 1
        call += self._end_call(site, above - 1) + POP_TOP
        self._draft.insert(index, call)

    def _observe_many(self, index: int, callable_: int, first: int, arguments: int) -> None:
        """Insert the call of a hook that gets all arguments of a call in a tuple."""
        if (site := self._site(index, "call_many", "")) is None:
            return
        call = self._begin_call("call_many") + encoded("COPY", callable_ + 2)
        call += encoded("COPY", first + 3) * arguments  # each copy brings the next one there
        call += encoded("BUILD_TUPLE", arguments)
        self._draft.insert(index, call + self._end_call(site, 3) + POP_TOP)
        self._most_arguments = max(self._most_arguments, arguments)

    def _observe_behind(self, index: int, kind: str) -> None:
        """Insert the call of a hook behind an instruction, even if loops start with the next one."""
        site = self._site(index + 1, kind, "")
        if site is not None:
            call = self._begin_call(kind) + self._end_call(site, 1) + POP_TOP
            self._draft.insert_behind(index, call)

    def _replace(self, index: int, kind: str, name: str) -> None:
        """Insert the call of a hook whose result takes the place of the top of the stack."""
        site = self._site(index, kind, name)
        if site is None:
            return
        call = self._begin_call(kind) + encoded("COPY", 3)
        call += self._end_call(site, 2) + encoded("SWAP", 2) + POP_TOP
        self._draft.insert(index, call)

    def _begin_call(self, kind: str) -> bytes:
        number = self._hook_constants.get(kind)
        if number is None:
            number = self._draft.constant(getattr(self._hooks, kind))
            self._hook_constants[kind] = number
        return begin_call(number)

    def _site(self, index: int, kind: str, name: str) -> Site | None:
        self._kinds.add(kind)
        line = self._positions[self._instructions[index].start][0]
        site = Site(self._code, kind, name, line or 0)
        return site if self._place is None else self._place(site)

    def _end_call(self, site: Site, arguments: int) -> bytes:
        return encoded("LOAD_CONST", self._draft.constant(site)) + end_call(arguments)


_ON_CALLS = frozenset({"call", "call_two", "call_many", "call_stars", "call_nothing"})
# Hooks that are no points for operands that nobody can change, or for calls of Python code.
_MAYBE_POINTS = frozenset(
    (*("operate", "inplace", "truth", "iterate", "delegate", "unpack", "enter"), *_ON_CALLS)
)
_COMPREHENSIONS = frozenset(("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"))
# From 3.13 on NULL lies above the callable, before that below it.
_NULL_BESIDE_THE_TOP = PUSH_NULL if _PY313 else PUSH_NULL + encoded("SWAP", 2)

_Rule = Callable[[_Rewriting, int, Instruction], None]
_RULES: dict[str, _Rule] = {
    **dict.fromkeys(ON_THE_STACK, _Rewriting._on_the_stack),
    **dict.fromkeys(ON_NAMES, _Rewriting._name),
    **dict.fromkeys(ON_CELLS, _Rewriting._cell),
    **dict.fromkeys(ON_ITEMS, _Rewriting._item),
    **dict.fromkeys(ON_ATTRIBUTES, _Rewriting._write_attribute),
    **dict.fromkeys(("LOAD_ATTR", "LOAD_METHOD"), _Rewriting._read_attribute),
    **dict.fromkeys(("KW_NAMES", "PRECALL", "CALL", "CALL_KW"), _Rewriting._call),
    "BEFORE_WITH": _Rewriting._enter,
    "BINARY_OP": _Rewriting._binary,
    "CALL_FUNCTION_EX": _Rewriting._call_with_stars,
    "COPY": _Rewriting._enter,
    "FORMAT_VALUE": _Rewriting._format,
    "MATCH_CLASS": _Rewriting._match_class,
    "RESUME": _Rewriting._resume,
    "LOAD_BUILD_CLASS": _Rewriting._class_statement,
    "LOAD_SUPER_ATTR": _Rewriting._super_attribute,
    "YIELD_VALUE": _Rewriting._yield,
}
