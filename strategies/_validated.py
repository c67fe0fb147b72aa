"""Turn bad arguments into an error when a strategy is used, as Hypothesis's own strategies do."""

import functools
import inspect
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

P = ParamSpec("P")
T = TypeVar("T")


def validated(
    find_problem: Callable[..., str | None],
) -> Callable[[Callable[P, st.SearchStrategy[T]]], Callable[P, st.SearchStrategy[T]]]:
    """Decorate a strategy function so that its arguments are checked, and a problem raises on use.

    The problem is found at the call but raised by `validate()` or the first draw: a bad argument
    at module level then fails the one test that uses it, not the import of all tests.

    Args:
        find_problem: takes all arguments by name; returns what is wrong with them, or `None`.
    """

    def decorate(
        make_strategy: Callable[P, st.SearchStrategy[T]],
    ) -> Callable[P, st.SearchStrategy[T]]:
        signature = inspect.signature(make_strategy)

        @functools.wraps(make_strategy)
        def make(*args: P.args, **kwargs: P.kwargs) -> st.SearchStrategy[T]:
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            problem = find_problem(**given.arguments)
            if problem is None:
                return make_strategy(*args, **kwargs)

            def unusable() -> NoReturn:
                raise InvalidArgument(f"{make_strategy.__name__} got {problem}")

            return st.deferred(unusable)

        return make

    return decorate


def problem_with_whole_number(name: str, value: object, least: int) -> str | None:
    """Return what is wrong with an argument that must be a whole number, `least` or greater."""
    # `type`, not `isinstance`: True is an int, but nobody means one thread by it.
    if type(value) is int and value >= least:
        return None
    return f"{name}={value!r}. Give a whole number, {least} or greater."


def problem_with_order(min_value: object, max_value: object) -> str:
    """Return the message for bounds of which the smaller one is the greater one."""
    return (
        f"min_value={min_value!r} and max_value={max_value!r}. "
        "Give a min_value that is not greater than max_value."
    )
