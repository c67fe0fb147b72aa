import pytest
from hypothesis import given
from hypothesis.errors import InvalidArgument

from strategies import iteration_counts, thread_counts

COUNTS = [(thread_counts, 2, 8), (iteration_counts, 1, 100)]


@pytest.mark.parametrize(("counts", "least", "most"), COUNTS)
def test_default_bounds_are_reached_and_kept(minimal, counts, least, most):
    @given(counts())
    def stays_inside(count):
        assert type(count) is int
        assert least <= count <= most

    stays_inside()

    assert minimal(counts(), lambda count: count == most) == most
    assert minimal(counts()) == least


@pytest.mark.parametrize("counts", [thread_counts, iteration_counts])
def test_counts_shrink_to_the_smallest_that_fails(minimal, counts):
    assert minimal(counts(), lambda count: count >= 5) == 5


@pytest.mark.parametrize("counts", [thread_counts, iteration_counts])
def test_equal_bounds_leave_one_value(minimal, counts):
    assert minimal(counts(3, 3)) == 3


@pytest.mark.parametrize("counts", [thread_counts, iteration_counts])
@pytest.mark.parametrize("name", ["min_value", "max_value"])
@pytest.mark.parametrize("value", [0, -1, True, 2.0, float("nan"), float("inf"), "2", None])
def test_a_bad_bound_is_named_when_the_strategy_is_used(counts, name, value):
    strategy = counts(**{name: value})

    with pytest.raises(InvalidArgument) as caught:
        strategy.validate()
    assert str(caught.value) == (
        f"{counts.__name__} got {name}={value!r}. Give a whole number, 1 or greater."
    )


@pytest.mark.parametrize("counts", [thread_counts, iteration_counts])
def test_swapped_bounds_are_named_when_the_strategy_is_used(counts):
    strategy = counts(min_value=7, max_value=6)

    with pytest.raises(
        InvalidArgument, match=r"got min_value=7 and max_value=6\. Give a min_value"
    ):
        strategy.validate()


def test_a_bad_bound_fails_the_test_that_draws():
    @given(thread_counts(0))
    def draws(count):
        raise AssertionError("unreachable")

    with pytest.raises(InvalidArgument, match="thread_counts got min_value=0"):
        draws()


def test_an_unknown_argument_is_a_type_error_at_once():
    with pytest.raises(TypeError, match="minimum"):
        thread_counts(minimum=2)


def test_repr_reads_like_the_call():
    assert repr(thread_counts(max_value=4)) == "thread_counts(max_value=4)"
    assert repr(iteration_counts()) == "iteration_counts()"
