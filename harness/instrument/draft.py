"""Code that is being rewritten: what goes into it so far, and what its own instructions say."""

from __future__ import annotations

import sys
from types import CodeType

from harness.instrument.assembly import UNIT, Instruction, assembled, encoded, instructions_of
from harness.instrument.operands import COMMON_NONE, MAY_PUSH_NULL

_PY312 = sys.version_info >= (3, 12)
_PY313 = sys.version_info >= (3, 13)
_PY314 = sys.version_info >= (3, 14)


class Draft:
    """Be code with what to insert before, and to put in place of, some of its instructions.

    Instructions are meant by their position in `instructions`.
    """

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.instructions = instructions_of(code)
        self.constants: list[object] = list(code.co_consts)
        self.insertions: dict[int, bytes] = {}
        self._passed_over: dict[int, bytes] = {}  # by jumps; it stands before what is inserted
        self.replacements: dict[int, bytes] = {}

    def insert(self, index: int, addition: bytes) -> None:
        """Insert something before an instruction, and behind what was inserted there."""
        self.insertions[index] = self.insertions.get(index, b"") + addition

    def insert_behind(self, index: int, addition: bytes) -> None:
        """Insert something that only runs after this instruction, and not after jumps to the next."""
        self._passed_over[index + 1] = self._passed_over.get(index + 1, b"") + addition

    def body(self, index: int) -> bytes:
        """Return what stands in the place of an instruction."""
        body = self.replacements.get(index)
        if body is None:
            one = self.instructions[index]
            body = self.code.co_code[one.start * UNIT : one.end * UNIT]
        return body

    def constant(self, value: object) -> int:
        """Add a constant, and return its number."""
        self.constants.append(value)
        return len(self.constants) - 1

    def result(self, more_stack: int) -> CodeType:
        """Return the code as it is now; its insertions need `more_stack` more room on the stack."""
        return assembled(
            self.code,
            self.instructions,
            self.insertions,
            self.replacements,
            passed_over=self._passed_over,
            constants=self.constants,
            more_stack=more_stack,
        )

    # What the instructions nearby say.

    def starts_comprehension(self, index: int) -> bool:
        """Say whether a call is that of a comprehension's own function."""
        return self.instructions[index - 1].name in ("GET_ITER", "GET_AITER")

    def leaves_a_with(self, index: int, arguments: int) -> bool:
        """Say whether this is the call of __exit__ without an exception, with None three times."""
        if arguments != _ARGUMENTS_OF_EXIT:
            return False
        nones = self.instructions[index - 3 : index]
        return all(map(self._is_none, nones)) and not self.pushes_null(index - 4)

    def pushes_null(self, index: int) -> bool:
        """Say whether an instruction leaves the NULL on the stack that lies beside a callable."""
        one = self.instructions[index]
        return one.name == "PUSH_NULL" or (one.name in MAY_PUSH_NULL and bool(one.argument & 1))

    def _is_none(self, one: Instruction) -> bool:
        if one.name == "LOAD_CONST":
            return self.code.co_consts[one.argument] is None
        return one.name == "LOAD_COMMON_CONSTANT" and one.argument == COMMON_NONE


def begin_call(number: int) -> bytes:
    """Load a hook, the constant of this number, and the NULL beside it."""
    hook = encoded("LOAD_CONST", number)
    return hook + PUSH_NULL if _PY313 else PUSH_NULL + hook


def end_call(arguments: int) -> bytes:
    """Call the hook with what was loaded behind it."""
    prepare = b"" if _PY312 else encoded("PRECALL", arguments)
    return prepare + encoded("CALL", arguments)


POP_TOP = encoded("POP_TOP")
PUSH_NULL = encoded("PUSH_NULL")
# From 3.13 on NULL, or self, lies above the callable; before that NULL lies below it.
FROM_FIRST_TO_CALLABLE = 2 if _PY313 else 1
# Before 3.14 the first of them lies where other calls have NULL.
_ARGUMENTS_OF_EXIT = 3 if _PY314 else 2
