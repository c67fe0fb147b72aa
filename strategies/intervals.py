"""How long a thread may keep the GIL while another one waits for it."""

import functools
import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from hypothesis import strategies as st

from strategies._validated import problem_with_order, validated

_DEFAULT = 0.005  # CPython's own switch interval, in seconds


def _find_problem(min_value: float, max_value: float) -> str | None:
    for name, value in (("min_value", min_value), ("max_value", max_value)):
        if type(value) not in (int, float) or not 0 < value < math.inf:
            return f"{name}={value!r}. Give a finite number of seconds, greater than 0."
    return problem_with_order(min_value, max_value) if min_value > max_value else None


@validated(_find_problem)
@st.composite
def switch_intervals(draw: st.DrawFn, min_value: float = 1e-6, max_value: float = 1e-2) -> float:
    """Draw a switch interval in seconds, ready for `sys.setswitchinterval`.

    Each power of ten is as likely as the next. Values have at most two digits, like `3.5e-05`,
    except for bounds that have more. Shrinks towards 0.005, where CPython itself starts (a failure
    there needs no forced interval) or the bound next to it, and to round numbers like `0.0001`.

    Args:
        min_value: the shortest interval in seconds, greater than 0.
        max_value: the longest interval in seconds, this one included.

    Raises:
        InvalidArgument: on use, for bounds that are not finite numbers in that range and order.
    """
    roundings = draw(st.sampled_from(_roundings(float(min_value), float(max_value))))
    return draw(st.sampled_from(roundings))


@functools.lru_cache(maxsize=32)
def _roundings(min_value: float, max_value: float) -> tuple[tuple[float, ...], ...]:
    """Return the possible values, nearest to the default first, each with its roundings before it.

    Rounding goes away from the default: when a failure needs an interval of at most 3.3e-05, then
    1e-05 fails as well, and that is the number a person would try.
    """
    decades = range(Decimal(min_value).adjusted(), Decimal(max_value).adjusted() + 1)
    grid = {float(f"{digits}e{decade - 1}") for decade in decades for digits in range(10, 100)}
    inside = {value for value in grid if min_value <= value <= max_value} | {min_value, max_value}
    nearest, *others = sorted(
        inside, key=lambda value: abs(math.log10(value) - math.log10(_DEFAULT))
    )
    return (
        (nearest,),
        *(
            tuple(min(max(rounded, min_value), max_value) for rounded in _round(value))
            for value in others
        ),
    )


def _round(value: float) -> tuple[float, float, float]:
    """Return `value` as a power of ten, as one digit, and as it is."""
    exact = Decimal(repr(value))
    upwards = value > _DEFAULT
    one_digit = Context(prec=1, rounding=ROUND_CEILING if upwards else ROUND_FLOOR).plus(exact)
    # Upwards, 0.02 to 0.1 all become 0.1; downwards, 0.01 to 0.09 become 0.01.
    power_of_ten = Decimal(1).scaleb(exact.adjusted())
    if upwards and power_of_ten < exact:
        power_of_ten *= 10
    return float(power_of_ten), float(one_digit), value
