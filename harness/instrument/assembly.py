"""Take code apart into instructions, and put it together again with more between them.

Only what an insertion moves is changed: jumps, the exception table and the table of locations.
Names, variables, flags and constants stay what they were. Offsets are counted in code units, as
CPython counts them: an instruction is one unit, with its EXTENDED_ARG units before it and its CACHE
units after it.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from types import CodeType

UNIT = 2  # bytes
_EXTENDED_ARG = dis.opmap["EXTENDED_ARG"]
_CACHE = dis.opmap["CACHE"]
if sys.version_info >= (3, 13):
    _JUMPS = frozenset(dis.hasjump)
else:
    _JUMPS = frozenset(dis.hasjrel)
# Since 3.14 END_ASYNC_FOR says, for sys.monitoring alone, how far behind it its loop starts.
_BACKWARD = frozenset(
    op for op in _JUMPS if "BACKWARD" in dis.opname[op] or dis.opname[op] == "END_ASYNC_FOR"
)

# An entry of the table of locations (CPython's locations.md): a byte with the highest bit, the kind
# of the entry and the number of units less one, then bytes without that bit.
_ENTRY = 0x80
_MOST_UNITS = 8
_SAME_LINE, _TWO_LINES_ON, _NO_COLUMNS, _LONG = 10, 12, 13, 14


class Instruction:
    """Be one instruction, with its place in the code."""

    __slots__ = ("argument", "caches", "end", "name", "opcode", "start", "target")

    def __init__(self, opcode: int, argument: int, start: int, end: int, caches: int) -> None:
        self.name = dis.opname[opcode]
        self.opcode = opcode
        self.argument = argument
        self.start = start  # its first EXTENDED_ARG, if it has any
        self.end = end  # behind its caches
        self.caches = caches
        self.target: int | None = None  # the start of the instruction that it jumps to
        if opcode in _JUMPS:
            self.target = end - argument if opcode in _BACKWARD else end + argument


def instructions_of(code: CodeType) -> list[Instruction]:
    """Return the instructions of the code, in order."""
    raw = code.co_code
    opcodes, arguments = raw[::UNIT], raw[1::UNIT]
    found: list[Instruction] = []
    start = unit = extension = 0
    while unit < len(opcodes):
        opcode, argument = opcodes[unit], extension << 8 | arguments[unit]
        unit += 1
        if opcode == _EXTENDED_ARG:
            extension = argument
            continue
        first_cache = unit
        while unit < len(opcodes) and opcodes[unit] == _CACHE:
            unit += 1
        found.append(Instruction(opcode, argument, start, unit, unit - first_cache))
        start, extension = unit, 0
    return found


def handlers_of(code: CodeType) -> set[int]:
    """Return where the exception handlers of the code start."""
    return set(list(_numbers(code.co_exceptiontable))[2::4])


def variable_names(code: CodeType) -> list[str]:
    """Return the names of the code's variables by the number that instructions use."""
    own = [name for name in code.co_cellvars if name not in code.co_varnames]
    return [*code.co_varnames, *own, *code.co_freevars]


def encoded(name: str, argument: int = 0) -> bytes:
    """Return the bytes of an instruction, with empty caches."""
    return _encoded(dis.opmap[name], argument, _CACHES.get(name, 0))


def assembled(
    code: CodeType,
    instructions: Sequence[Instruction],
    insertions: Mapping[int, bytes],
    replacements: Mapping[int, bytes],
    *,
    passed_over: Mapping[int, bytes],
    constants: Sequence[object],
    more_stack: int,
) -> CodeType:
    """Return the code with bytes before, and in the place of, some of its instructions.

    A jump to an instruction becomes a jump to what was inserted before it, but for what it passes
    over; the exception handlers and the location of an instruction hold for all of that, too.

    Args:
        code: the code.
        instructions: its instructions.
        insertions: what to insert, by the position in `instructions`; it leaves the stack as it is.
        replacements: what to put in place of an instruction, likewise; its effect is the same.
        passed_over: what to insert before that and where no jump comes, likewise.
        constants: the code's constants, and behind them those of the insertions.
        more_stack: how much more room on the stack the insertions need.
    """
    raw = code.co_code
    bodies = [raw[one.start * UNIT : one.end * UNIT] for one in instructions]
    for position, body in replacements.items():
        bodies[position] = body
    prefixes = [insertions.get(position, b"") for position in range(len(bodies))]
    once = [passed_over.get(position, b"") for position in range(len(bodies))]
    starts = _aim_jumps(instructions, once, prefixes, bodies)
    moved = _moved_units(instructions, starts)
    return code.replace(
        co_code=b"".join(
            part for parts in zip(once, prefixes, bodies, strict=True) for part in parts
        ),
        co_consts=tuple(constants),
        co_stacksize=code.co_stacksize + more_stack,
        co_exceptiontable=moved_handlers(code.co_exceptiontable, moved),
        co_linetable=_moved_locations(code.co_linetable, moved),
    )


def _aim_jumps(
    instructions: Sequence[Instruction],
    once: list[bytes],
    prefixes: list[bytes],
    bodies: list[bytes],
) -> list[int]:
    """Put the new distances into the jumps among `bodies`; return where all start, and the end."""
    position_at = {one.start: position for position, one in enumerate(instructions)}
    jumps = [
        (position, one, position_at[one.target])
        for position, one in enumerate(instructions)
        if one.target is not None
    ]
    while True:
        lengths = [
            sum(map(len, parts)) // UNIT for parts in zip(once, prefixes, bodies, strict=True)
        ]
        starts = [0, *accumulate(lengths)]
        settled = True
        for position, jump, target in jumps:
            landing = starts[target] + len(once[target]) // UNIT
            distance = abs(landing - starts[position + 1])
            length = len(bodies[position])
            body = _encoded(jump.opcode, distance, jump.caches)
            # A jump never gets shorter again: else two jumps could take turns for ever.
            padding = bytes((_EXTENDED_ARG, 0)) * ((length - len(body)) // UNIT)
            bodies[position] = padding + body
            settled = settled and len(bodies[position]) == length
        if settled:
            return starts


def _moved_units(instructions: Sequence[Instruction], starts: list[int]) -> list[int]:
    """Return, for each unit of the old code and for its end, where it is in the new one."""
    moved: list[int] = []
    for position, one in enumerate(instructions):
        moved.append(starts[position])
        # An entry of the table of locations may end within an instruction.
        moved += [starts[position + 1]] * (one.end - one.start - 1)
    moved.append(starts[-1])
    return moved


def moved_handlers(table: bytes, moved: Sequence[int]) -> bytes:
    """Return the exception table of code whose units have moved.

    Args:
        table: the old table.
        moved: for each unit of the old code and for its end, where it is in the new one.
    """
    new = bytearray()
    numbers = _numbers(table)
    for start in numbers:
        length, target, depth = next(numbers), next(numbers), next(numbers)
        new_start, new_end = moved[start], moved[start + length]
        entry = _digits(new_start)
        entry[0] |= 0x80
        new += entry + _digits(new_end - new_start) + _digits(moved[target]) + _digits(depth)
    return bytes(new)


def _numbers(table: bytes) -> Iterator[int]:
    """Yield the numbers in an exception table: four an entry."""
    stream = iter(table)
    for byte in stream:
        number = byte & 63
        while byte & 64:
            byte = next(stream)  # noqa: PLW2901  a number goes on in the next byte
            number = number << 6 | byte & 63
        yield number


def _digits(number: int) -> bytearray:
    digits = bytearray([number & 63])
    while number := number >> 6:
        digits.insert(0, number & 63 | 64)
    return digits


def _moved_locations(table: bytes, moved: list[int]) -> bytes:
    new = bytearray()
    unit = position = 0
    while position < len(table):
        kind, units = table[position] >> 3 & 15, (table[position] & 7) + 1
        end = position + 1
        while end < len(table) and not table[end] & _ENTRY:
            end += 1
        length = moved[unit + units] - moved[unit]
        _append_location(new, kind, length, table[position + 1 : end])
        unit, position = unit + units, end
    return bytes(new)


def _append_location(table: bytearray, kind: int, length: int, where: bytes) -> None:
    while length > 0:
        units = min(length, _MOST_UNITS)
        table.append(_ENTRY | kind << 3 | units - 1)
        table += where
        length -= units
        # A further entry for the same place counts its line from where this one ended.
        if _SAME_LINE < kind <= _TWO_LINES_ON:
            kind = _SAME_LINE
        elif kind in (_NO_COLUMNS, _LONG):
            where = b"\0" + where[_end_of_number(where) :]


def _end_of_number(where: bytes) -> int:
    end = 0
    while where[end] & 64:
        end += 1
    return end + 1


def _encoded(opcode: int, argument: int, caches: int) -> bytes:
    body = bytes((opcode, argument & 0xFF)) + bytes(caches * UNIT)
    while argument := argument >> 8:
        body = bytes((_EXTENDED_ARG, argument & 0xFF)) + body
    return body


def _count_caches() -> dict[str, int]:
    """Return how many caches the instructions have that this package inserts."""
    function = eval("lambda: (super(a, b).c, d().e)")
    return {one.name: one.caches for one in instructions_of(function.__code__)}


_CACHES = _count_caches()
