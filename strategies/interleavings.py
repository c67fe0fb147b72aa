"""Who goes on when: a few switches, drawn one by one."""

from hypothesis import strategies as st

from harness.interleaving import Interleaving, Switch
from strategies._validated import problem_with_whole_number, validated

_GREATEST = 1_000_000  # far more than a body has; up to here `_small_first` is exact
_FEW = 8  # numbers that are drawn evenly


def _find_problem(max_switches: int, max_point: int, max_task: int) -> str | None:
    for name, value, least in (
        ("max_switches", max_switches, 0),
        ("max_point", max_point, 1),
        ("max_task", max_task, 1),  # a switch goes from one task to another, so T0 is not enough
    ):
        problem = problem_with_whole_number(name, value, least)
        if problem is not None:
            return problem
        if value > _GREATEST:
            return f"{name}={value!r}. Give {_GREATEST} or less."
    return None


@validated(_find_problem)
@st.composite
def interleavings(
    draw: st.DrawFn, *, max_switches: int = 4, max_point: int = 64, max_task: int = 8
) -> Interleaving:
    """Draw an interleaving, small numbers more often than great ones.

    Shrinks towards `Interleaving()`: to the fewest switches, then to early points, then to tasks
    with low numbers, T0 last. Tight bounds find more: a switch that cannot apply to the body is ignored.

    Args:
        max_switches: the most switches, 0 or more.
        max_point: the greatest number of a switch point, 1 or more.
        max_task: the greatest number of a task, 1 or more; `T0` runs the body.

    Raises:
        InvalidArgument: on use, for a bound that is not a whole number in its range.
    """
    # One draw for the length and three a switch: with `lists` it would be one more for each. The
    # switch is a strategy of its own so that Hypothesis can cut out one when it lowers the length.
    length = draw(st.integers(0, max_switches))
    return Interleaving(tuple(draw(_switches(max_point, max_task)) for _ in range(length)))


@st.composite
def _switches(draw: st.DrawFn, max_point: int, max_task: int) -> Switch:
    point = 1 + draw(_small_first(max_point))
    # T0 comes last: it runs the body, which mostly waits for the others.
    tasks = [*range(1, max_task + 1), 0]
    task = tasks.pop(draw(_small_first(max_task + 1)))
    return Switch(task, point, tasks[draw(_small_first(max_task))])


def _small_first(size: int) -> st.SearchStrategy[int]:
    """Return a strategy for 0 to `size - 1`; of many numbers it draws `n` about as often as `1 / (n + 1)`.

    Programs have few threads, and most bugs sit at early points: drawn evenly, one in thousands of
    switches would hit, drawn so, one in a hundred does.
    """
    if size <= _FEW:
        return st.integers(0, size - 1)
    # Steps of a logarithmic scale from 1 to `size + 1`, so many that the widest step is shorter
    # than 1: (size + 1) * log(size + 1) / steps. So no number is left out.
    steps = (size + 1) * (size + 1).bit_length()
    return st.integers(0, steps - 1).map(
        lambda step: min(int((size + 1) ** (step / steps)), size) - 1
    )
