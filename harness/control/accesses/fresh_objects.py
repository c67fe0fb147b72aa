"""Know which writes change what is new in each round of a loop, and so keep no loop going."""

from __future__ import annotations

from collections.abc import Iterable
from types import CellType, CodeType, FrameType
from typing import Any
from weakref import ref

from harness.control.accesses import calls
from harness.own_files import PACKAGE

_OPERANDS = "operand", "container"  # of hooks
_SOURCES: tuple[Iterable[Any], ...] = ([], (), {}, {}.values(), {}.items(), set(), range(1))
_ITERATORS = frozenset(type(iter(one)) for one in _SOURCES)


class FreshObjects:
    """Remember what each place in the code has written to when it was last looked at."""

    def __init__(self) -> None:
        self._written: dict[tuple[CodeType, int], list[Any]] = {}

    def are_all(self, written: list[Any], hook: FrameType) -> bool:
        """Say whether all that is written to is something else than the last time at that place.

        Args:
            written: what is written to.
            hook: the frame of the hook, or of what a hook has called with its arguments.
        """
        caller: FrameType | None = hook
        while caller is not None and caller.f_code.co_filename.startswith(PACKAGE):
            caller = caller.f_back
        if not written or caller is None:
            return False
        if type(written[0]) is CellType and hook.f_locals["site"].name in caller.f_code.co_cellvars:
            return True  # a variable of its own, which is compared with all its others
        place = caller.f_code, caller.f_lasti
        last = self._written.get(place, [])
        self._written[place] = list(map(_remembered, written))
        return len(last) == len(written) and all(map(_is_another, last, written))


def written_by_call(hook: FrameType) -> list[Any]:
    """Return what the C function that a hook is about writes to; its arguments are the hook's."""
    known = hook.f_locals
    function, argument, second = map(known.get, ("function", "argument", "second"))
    accessed = calls.of_call(function, argument, second, *known.get("rest", ()))
    return [touch.owner for touch in accessed.touches if touch.write]


def written_by_statement(hook: FrameType) -> list[Any]:
    """Return what a hook is about to say is written to, nothing if it says it of a name."""
    known = hook.f_locals
    return [known[name] for name in _OPERANDS if name in known]


def _remembered(operand: Any) -> Any:
    """Return the operand if nobody sees that it is kept alive, or else what does not keep it."""
    if type(operand) in _ITERATORS:
        return operand
    try:
        return ref(operand)
    except TypeError:
        return None


def _is_another(last: Any, operand: Any) -> bool:
    if last is None:
        return False
    return (last() if type(last) is ref else last) is not operand
