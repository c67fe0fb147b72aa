"""How many threads, and how many rounds each of them goes."""

from hypothesis import strategies as st

from strategies._validated import problem_with_order, problem_with_whole_number, validated


def _find_problem(min_value: int, max_value: int) -> str | None:
    return (
        problem_with_whole_number("min_value", min_value, least=1)
        or problem_with_whole_number("max_value", max_value, least=1)
        or (problem_with_order(min_value, max_value) if min_value > max_value else None)
    )


@validated(_find_problem)
@st.composite
def thread_counts(draw: st.DrawFn, min_value: int = 2, max_value: int = 8) -> int:
    """Draw the number of threads that a body starts.

    Shrinks towards `min_value`.

    Args:
        min_value: the fewest threads, 1 or more.
        max_value: the most threads, this number included.

    Raises:
        InvalidArgument: on use, for bounds that are not whole numbers in that range and order.
    """
    return draw(st.integers(min_value, max_value))


@validated(_find_problem)
@st.composite
def iteration_counts(draw: st.DrawFn, min_value: int = 1, max_value: int = 100) -> int:
    """Draw the number of rounds that each thread goes.

    Shrinks towards `min_value`.

    Args:
        min_value: the fewest rounds, 1 or more.
        max_value: the most rounds, this number included.

    Raises:
        InvalidArgument: on use, for bounds that are not whole numbers in that range and order.
    """
    return draw(st.integers(min_value, max_value))
