"""Show a value without running the user's code, the same in every process."""

from __future__ import annotations

from itertools import islice
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    WrapperDescriptorType,
)
from typing import Any

from harness.kinds import is_a, name_of

_LONGEST = 40  # characters
_DEEPEST = 3
_MOST_BITS = 1_000
_MOST_ITEMS = 5
_MOST_ITEMS_TO_SORT = 30  # of a set, whose own order is another one in each process
_ROUTINES = (
    *(BuiltinFunctionType, ClassMethodDescriptorType, FunctionType, MethodDescriptorType),
    *(MethodWrapperType, WrapperDescriptorType),
)
_TEXTS = (str, bytes)
_PLAIN = (int, float, bool, complex, type(None))


def text_of(value: Any, depth: int = 0) -> str:
    """Return a short text for `value`."""
    kind = type(value)
    if kind is int and value.bit_length() > _MOST_BITS:  # of more digits Python makes no text
        return f"<int of {value.bit_length():,} bits>"
    if kind in _PLAIN or kind in _TEXTS:
        return _shortened(repr(value)) if kind in _PLAIN else _text_of_text(value)
    if kind in (list, tuple, set, frozenset, dict) and depth < _DEEPEST:
        return _shortened(_container(value, depth))
    if is_a(value, type):
        return name_of(value)
    if is_a(value, BaseException):
        return f"{name_of(kind)}()"
    function = value.__func__ if kind is MethodType else value
    return f"{function.__name__}()" if type(function) in _ROUTINES else f"<{name_of(kind)}>"


def _text_of_text(value: Any) -> str:
    """Show both ends of a long one: what was added or taken away is seen there."""
    text = repr(value if len(value) <= 2 * _LONGEST else value[:_LONGEST] + value[-_LONGEST:])
    if len(text) <= _LONGEST:
        return text
    half = (_LONGEST - 1) // 2
    return f"{text[: _LONGEST - 1 - half]}…{text[-half:]}"


def _container(value: Any, depth: int) -> str:
    """Show the first items; what it costs does not depend on how many there are."""
    kind = type(value)
    if kind in (set, frozenset):
        if len(value) > _MOST_ITEMS_TO_SORT:
            return f"<{kind.__name__} of {len(value):,} items>"
        parts = sorted(text_of(item, depth + 1) for item in value)[:_MOST_ITEMS]
    elif kind is dict:
        parts = [
            f"{text_of(key, depth + 1)}: {text_of(item, depth + 1)}"
            for key, item in islice(value.items(), _MOST_ITEMS)
        ]
    else:
        parts = [text_of(item, depth + 1) for item in islice(value, _MOST_ITEMS)]
    if len(value) > _MOST_ITEMS:
        parts.append("…")
    inside = ", ".join(parts)
    if kind is tuple:
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if kind is list:
        return f"[{inside}]"
    if not value:
        return "{}" if kind is dict else f"{kind.__name__}()"
    return f"{{{inside}}}" if kind is not frozenset else f"frozenset({{{inside}}})"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
