import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from strategies import switch_intervals

BOUNDS = st.floats(1e-9, 1e3)


@given(switch_intervals())
def test_values_print_as_code_of_at_most_two_digits(interval):
    assert type(interval) is float
    assert 1e-6 <= interval <= 1e-2
    assert eval(repr(interval)) == interval
    assert float(f"{interval:.1e}") == interval


@given(st.data(), BOUNDS, BOUNDS)
def test_values_stay_inside_any_bounds(data, one, other):
    least, most = sorted([one, other])

    assert least <= data.draw(switch_intervals(least, most)) <= most


@pytest.mark.parametrize("bound", [1.234e-6, 9.876e-3])
def test_bounds_are_reached_also_when_they_have_more_digits(minimal, bound):
    assert (
        minimal(switch_intervals(1.234e-6, 9.876e-3), lambda interval: interval == bound) == bound
    )


@pytest.mark.parametrize("decade", [1e-6, 1e-5, 1e-4, 1e-3])
def test_every_power_of_ten_is_likely(minimal, decade):
    found = minimal(switch_intervals(), lambda interval: decade <= interval < decade * 9.95)

    assert decade <= found < decade * 9.95


@pytest.mark.parametrize(
    ("bounds", "simplest"),
    [
        ((1e-6, 1e-2), 0.005),
        ((1e-6, 1e-4), 1e-4),
        ((1e-6, 1.23e-3), 1.23e-3),
        ((0.02, 0.7), 0.02),
        ((3e-6, 3e-6), 3e-6),
        ((1, 2), 1.0),
    ],
)
def test_the_simplest_value_is_the_one_nearest_to_what_cpython_does(minimal, bounds, simplest):
    assert minimal(switch_intervals(*bounds)) == simplest


@pytest.mark.parametrize(
    ("fails", "simplest"),
    [
        (lambda interval: interval <= 3.3e-5, 1e-5),
        (lambda interval: interval <= 3.3e-3, 1e-3),
        (lambda interval: interval <= 1.2e-6, 1e-6),
        (lambda interval: interval > 5e-3, 1e-2),
        (lambda interval: 2e-4 < interval < 5e-4, 4e-4),
        (lambda interval: interval == 2.7e-5, 2.7e-5),
    ],
)
def test_intervals_shrink_to_round_numbers(minimal, fails, simplest):
    assert minimal(switch_intervals(), fails) == simplest


@pytest.mark.parametrize("name", ["min_value", "max_value"])
@pytest.mark.parametrize(
    "value", [0, 0.0, -1e-3, True, float("nan"), float("inf"), "1e-3", None, 1j]
)
def test_a_bad_bound_is_named_when_the_strategy_is_used(name, value):
    strategy = switch_intervals(**{name: value})

    with pytest.raises(InvalidArgument) as caught:
        strategy.validate()
    assert str(caught.value) == (
        f"switch_intervals got {name}={value!r}. Give a finite number of seconds, greater than 0."
    )


def test_swapped_bounds_are_named_when_the_strategy_is_used():
    strategy = switch_intervals(1e-3, 1e-4)

    with pytest.raises(InvalidArgument, match=r"got min_value=0\.001 and max_value=0\.0001\. Give"):
        strategy.validate()


def test_repr_reads_like_the_call():
    assert repr(switch_intervals(max_value=1e-3)) == "switch_intervals(max_value=0.001)"
