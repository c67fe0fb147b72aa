"""A cheap first look: code that calls back when it runs for the first time.

Rewriting costs a quarter of a millisecond a function, so only code that runs is rewritten. Until
then each function in scope has a copy of its code with one call more at its start, which costs a
twentieth of that: nothing in between has to be looked at.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from types import CodeType

from harness.instrument.assembly import encoded, moved_handlers

_UNIT = 2  # bytes a code unit
_RESUME = dis.opmap["RESUME"]
_STACK_FOR_THE_CALL = 3
_UNITS_A_LINE_ENTRY = 8
_NO_COLUMNS = 13


def with_prologue(code: CodeType, callback: Callable[[], object]) -> CodeType:
    """Return a copy of `code` that calls `callback` each time it starts."""
    start = _after_resume(code)
    call = _call_of_constant(len(code.co_consts))
    units, first, end = len(call) // _UNIT, start // _UNIT, len(code.co_code) // _UNIT
    return code.replace(
        co_code=code.co_code[:start] + call + code.co_code[start:],
        co_consts=(*code.co_consts, callback),
        co_stacksize=code.co_stacksize + _STACK_FOR_THE_CALL,
        co_exceptiontable=moved_handlers(
            code.co_exceptiontable, [*range(first), *range(first + units, end + units + 1)]
        ),
        # Jumps are relative, and what stands before RESUME raises nothing: so the whole table of
        # locations may move, instead of what lies behind the call.
        co_linetable=_on_the_first_line(units) + code.co_linetable,
    )


def _after_resume(code: CodeType) -> int:
    raw = code.co_code
    for offset in range(0, len(raw), _UNIT):  # what stands before RESUME has no caches
        if raw[offset] == _RESUME:
            return offset + _LENGTH_OF_RESUME
    raise ValueError(f"{code.co_qualname} has no RESUME")


def _length_of_resume() -> int:
    code = (lambda: None).__code__
    offsets = [one.offset for one in dis.get_instructions(code) if one.opname != "CACHE"]
    return offsets[1] - offsets[0]


_LENGTH_OF_RESUME = _length_of_resume()


def _call_of_constant(number: int) -> bytes:
    load, null = encoded("LOAD_CONST", number), encoded("PUSH_NULL")
    callable_ = load + null if sys.version_info >= (3, 13) else null + load
    prepare = encoded("PRECALL") if sys.version_info < (3, 12) else b""
    return callable_ + prepare + encoded("CALL") + encoded("POP_TOP")


def _on_the_first_line(units: int) -> bytes:
    """Return line entries that put so many code units on the line where the function begins."""
    entries = bytearray()
    while units:
        length = min(units, _UNITS_A_LINE_ENTRY)
        entries += bytes((0x80 | _NO_COLUMNS << 3 | length - 1, 0))  # 0: the same line
        units -= length
    return bytes(entries)
