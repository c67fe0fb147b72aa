"""A cheap first look: code that calls back when it runs for the first time.

Rewriting costs a millisecond a function, so only code that runs is rewritten. Until then each
function in scope has a copy of its code with one call more at its start. It is made from bytes:
jumps are relative, so only the exception table and the line table have to be shifted.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator
from types import CodeType

from bytecode import Bytecode, Instr

_BYTE = 0xFF
_UNIT = 2  # bytes a code unit
_EXTENDED_ARG = dis.opmap["EXTENDED_ARG"]
_LOAD_CONST = dis.opmap["LOAD_CONST"]
_RESUME = dis.opmap["RESUME"]
_STACK_FOR_THE_CALL = 3
_UNITS_A_LINE_ENTRY = 8
_NO_COLUMNS = 13


def with_prologue(code: CodeType, callback: Callable[[], object]) -> CodeType:
    """Return a copy of `code` that calls `callback` each time it starts."""
    start = _after_resume(code)
    inserted = _call_of_constant(len(code.co_consts))
    return code.replace(
        co_code=code.co_code[:start] + inserted + code.co_code[start:],
        co_consts=(*code.co_consts, callback),
        co_stacksize=code.co_stacksize + _STACK_FOR_THE_CALL,
        co_exceptiontable=_shifted(code.co_exceptiontable, start // _UNIT, len(inserted) // _UNIT),
        co_linetable=_on_the_first_line(len(inserted) // _UNIT) + code.co_linetable,
    )


def _after_resume(code: CodeType) -> int:
    raw = code.co_code
    for offset in range(0, len(raw), _UNIT):  # what stands before RESUME has no caches
        if raw[offset] == _RESUME:
            return offset + _LENGTH_OF_RESUME
    raise ValueError(f"{code.co_qualname} has no RESUME")


def _length_of_resume() -> int:
    code = (lambda: None).__code__
    offsets = [i.offset for i in dis.get_instructions(code) if i.opname != "CACHE"]
    return offsets[1] - offsets[0]


_LENGTH_OF_RESUME = _length_of_resume()


def _call_sequence() -> tuple[bytes, bytes]:
    """Return the bytes before and after the LOAD_CONST of a call without arguments."""
    load, null = Instr("LOAD_CONST", object()), Instr("PUSH_NULL")
    first = [load, null] if sys.version_info >= (3, 13) else [null, load]
    calls = ["PRECALL", "CALL"] if sys.version_info < (3, 12) else ["CALL"]
    end = [Instr("LOAD_CONST", None), Instr("RETURN_VALUE")]
    template = Bytecode(
        [Instr("RESUME", 0), *first, *(Instr(name, 0) for name in calls), Instr("POP_TOP"), *end]
    ).to_code()
    offsets = [i.offset for i in dis.get_instructions(template) if i.opname == "LOAD_CONST"]
    if len(offsets) == 1:  # the None at the end is returned by an instruction of its own
        offsets.append(len(template.co_code) - _UNIT)
    start = _after_resume(template)
    raw = template.co_code
    return raw[start : offsets[0]], raw[offsets[0] + _UNIT : offsets[1]]


_BEFORE, _AFTER = _call_sequence()


def _call_of_constant(index: int) -> bytes:
    load = bytes((_LOAD_CONST, index & _BYTE))
    while index > _BYTE:
        index >>= 8
        load = bytes((_EXTENDED_ARG, index & _BYTE)) + load
    return _BEFORE + load + _AFTER


def _on_the_first_line(units: int) -> bytes:
    """Return line entries that put so many code units on the line where the function begins."""
    entries = bytearray()
    while units:
        length = min(units, _UNITS_A_LINE_ENTRY)
        entries += bytes((0x80 | _NO_COLUMNS << 3 | length - 1, 0))  # 0: the same line
        units -= length
    return bytes(entries)


def _shifted(table: bytes, start: int, units: int) -> bytes:
    """Return the exception table with everything from `start` on moved by `units`."""
    shifted = bytearray()
    numbers = _decoded(table)
    for begin in numbers:
        length, target, depth = next(numbers), next(numbers), next(numbers)
        new_begin = begin + (units if begin >= start else 0)
        new_end = begin + length + (units if begin + length > start else 0)
        new_target = target + (units if target >= start else 0)
        for position, number in enumerate((new_begin, new_end - new_begin, new_target, depth)):
            shifted += _encoded(number, first=position == 0)
    return bytes(shifted)


def _decoded(table: bytes) -> Iterator[int]:
    stream = iter(table)
    for byte in stream:
        number, more = byte & 63, byte & 64
        while more:
            following = next(stream)
            number, more = number << 6 | following & 63, following & 64
        yield number


def _encoded(number: int, *, first: bool) -> bytes:
    digits = [number & 63]
    while number := number >> 6:
        digits.append(number & 63)
    digits.reverse()
    encoded = [digit | 64 for digit in digits[:-1]] + digits[-1:]
    if first:
        encoded[0] |= 128
    return bytes(encoded)
