"""The place of a hook in the code, and the hooks that the code calls."""

from __future__ import annotations

from dataclasses import dataclass
from types import CodeType

from harness.instrument.hand_over import HandOverHooks, Hook

# Whether a search is asked at a site.
NOT_ASKED, ASKED, UNKNOWN = range(3)

_MORE_THAN_POINTS = frozenset({"enter", "lock_attribute", "write_name", "delete_name"})


_NAMED = frozenset(("attribute", "cell", "name"))  # whose names say what is touched


class Site:
    """Be one place in the code where a hook was inserted.

    While `watched` is true the hook goes to the scheduler, otherwise it only counts the point;
    `asked` says whether a search has a say there. Whoever changes them changes them back.
    """

    __slots__ = (
        *("asked", "code", "is_more_than_a_point", "kind", "label", "line", "name", "watched"),
    )

    def __init__(self, code: CodeType, kind: str, name: str, line: int) -> None:
        self.code = code  # the code as it was before it was rewritten
        self.kind = kind  # the name of the Hooks field, like "read_attribute"
        self.name = name  # the attribute, variable or key that is touched, as written
        family = kind.rpartition("_")[2]  # what is touched, like "attribute"
        self.label = (family, name) if family in _NAMED else ("container", "")
        self.line = line  # 1-based; 0 when the code has no line there
        self.watched = True
        self.asked = UNKNOWN
        # Whether the hook does more than to count the point and to tell of it.
        self.is_more_than_a_point = kind in _MORE_THAN_POINTS

    @property
    def is_needed(self) -> bool:
        """Say whether the hook does anything that matters to a search."""
        return self.is_more_than_a_point or self.asked != NOT_ASKED

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name!r} at {self.code.co_filename}:{self.line}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Say what the rewritten code calls, before the instruction in question runs.

    The operands are given in brackets. Only `enter`, `lock_attribute` and `queue_attribute` are
    replacing: what they return takes the operand's place on the stack. All others are observing:
    the result is dropped.
    """

    read_attribute: Hook  # (object, site)
    write_attribute: Hook  # (object, value, site)
    delete_attribute: Hook  # (object, site)
    lock_attribute: Hook  # (object, site) -> object; see REPLACED_BY
    queue_attribute: Hook  # (object, site) -> object; see REPLACED_BY
    super_attribute: Hook  # (class, object, site), for super().name, since 3.12
    match_class: Hook  # (object, class, site), for a pattern with attributes by position
    read_cell: Hook  # (cell, site)
    write_cell: Hook  # (cell, value, site)
    delete_cell: Hook  # (cell, site)
    read_name: Hook  # (site), globals and the names of class and module bodies
    write_name: Hook  # (value, site)
    delete_name: Hook  # (site)
    read_item: Hook  # (container, key, site)
    write_item: Hook  # (container, key, value, site)
    delete_item: Hook  # (container, key, site)
    read_slice: Hook  # (container, site)
    write_slice: Hook  # (container, value, site)
    contains: Hook  # (container, item, site)
    iterate: Hook  # (iterable, site), when an iteration starts
    step: Hook  # (iterator or iterable, site), before each item
    delegate: Hook  # (iterator, site), before each step of `yield from` and `await`
    unpack: Hook  # (iterable, site), for a, b = x and [*x], {**x}, f(*x)
    truth: Hook  # (object, site), before its truth value is taken
    inplace: Hook  # (object, operand, site), for += and the like, which may change the object
    resume: Hook  # (site), after a generator has got the turn
    begin: Hook  # (site), where code begins that has no other point: C code may have called it
    operate: Hook  # (left, right, site), before an operator reads both, like == and +
    call: Hook  # (callable, first argument, site)
    call_two: Hook  # (callable, first argument, second argument, site)
    call_many: Hook  # (callable, tuple of arguments, site), a call with three or more
    call_stars: Hook  # (callable, iterable of arguments, dict or None, site), for f(*x) and f(**x)
    call_nothing: Hook  # (callable, site), a call without arguments
    enter: Hook  # (context manager, site) -> context manager
    hand_over: HandOverHooks | None = None  # what marks where CPython hands over the GIL
