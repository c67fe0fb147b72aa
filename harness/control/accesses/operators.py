"""Which locations an operator, a loop or a pattern touches, known by the name of its hook."""

from __future__ import annotations

from typing import Any

from harness.control.accesses import containers, locations
from harness.control.accesses.contents import of_contents, of_object
from harness.control.accesses.locations import NOTHING, Accessed
from harness.control.accesses.one_step import has_a_state
from harness.kinds import name_of


def of_operator(  # noqa: PLR0911  one for each kind
    kind: str, operand: Any, other: Any, *, write: bool, delete: bool, known: bool
) -> Accessed:
    """Resolve what is done to `operand`.

    Args:
        kind: the hook's name, like `step`.
        operand: the container, an iterator, or whatever else.
        other: a key, what is put in, what it is compared with.
        write: whether the hook is about a change.
        delete: whether no new value is known.
        known: whether an iterator was there before the loop.
    """
    if has_a_state(operand) and not containers.is_container(operand):
        return of_object(operand, name_of(type(operand)), write=write)
    if kind == "contains":
        if containers.is_container(other) or type(other) is tuple:  # which is compared
            return of_contents((operand, other))
        return containers.of_membership(operand, other)
    if kind.endswith("item"):
        return containers.of_item(operand, other, write=write, delete=delete)
    if kind == "operate":
        return of_contents((operand, other))
    if kind == "match_class":
        return locations.of_match(operand, other)
    if kind in ("resume", "begin"):
        return NOTHING  # but what its caller touches, like the generator itself
    return _of_all_items(kind, operand, other, write=write, known=known)


def _of_all_items(kind: str, operand: Any, other: Any, *, write: bool, known: bool) -> Accessed:
    # An iterator returns itself for `iterate`.
    calls = kind != "iterate" and containers.calls_a_function(operand)
    accessed = of_contents((operand,)) if calls else containers.of_iteration(operand, write=write)
    if kind in ("unpack", "delegate") or (kind == "step" and known):
        return accessed.joined(containers.of_advance(operand))
    if kind in ("write_slice", "inplace"):
        return accessed.joined(of_contents((other,)))
    return accessed
