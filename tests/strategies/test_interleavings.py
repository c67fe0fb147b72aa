from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

import strategies
from harness.interleaving import Interleaving, Switch
from strategies import interleavings


@given(interleavings())
def test_default_bounds_are_kept(interleaving):
    assert len(interleaving) <= 4
    for switch in interleaving.switches:
        assert 1 <= switch.point <= 64
        assert 0 <= switch.task <= 8
        assert 0 <= switch.to <= 8
        assert switch.task != switch.to


@given(interleavings())
def test_values_print_as_code(interleaving):
    assert eval(repr(interleaving)) == interleaving
    assert Interleaving.parse(str(interleaving)) == interleaving


@pytest.mark.parametrize(
    ("task", "to"), [(task, to) for task in range(4) for to in range(4) if task != to]
)
def test_every_pair_of_tasks_is_reached(minimal, task, to):
    expected = Interleaving((Switch(task, 1, to),))
    strategy = interleavings(max_switches=1, max_point=1, max_task=3)

    assert minimal(strategy, lambda interleaving: interleaving == expected) == expected


@pytest.mark.parametrize("point", range(1, 21))
def test_every_point_is_reached(minimal, point):
    expected = Interleaving((Switch(0, point, 1),))
    strategy = interleavings(max_switches=1, max_point=20, max_task=1)

    assert minimal(strategy, has_switch(0, point, 1)) == expected


@pytest.mark.parametrize(
    "switch",
    [
        (0, 1, 8),
        pytest.param((1, 64, 2), marks=pytest.mark.thorough),
        pytest.param((8, 1, 0), marks=pytest.mark.thorough),
    ],
)
def test_the_bounds_are_reached(minimal, switch):
    assert minimal(interleavings(), has_switch(*switch)) == Interleaving((Switch(*switch),))


def test_no_switch_at_all_is_allowed(minimal):
    assert minimal(interleavings(max_switches=0)) == Interleaving()


@pytest.mark.parametrize(
    ("fails", "smallest"),
    [
        (lambda interleaving: True, ""),
        (lambda interleaving: len(interleaving) > 0, "T1@1>T2"),
        (lambda interleaving: len(interleaving) > 2, "T1@1>T2 T1@1>T2 T1@1>T2"),
        (lambda interleaving: any(s.task == 0 for s in interleaving.switches), "T0@1>T1"),
        (lambda interleaving: any(s.point > 5 for s in interleaving.switches), "T1@6>T2"),
        (lambda interleaving: any(s.task == 3 for s in interleaving.switches), "T3@1>T1"),
    ],
)
def test_interleavings_shrink_to_the_fewest_switches_then_to_early_points(minimal, fails, smallest):
    assert str(minimal(interleavings(), fails)) == smallest


def test_a_switch_in_the_middle_is_cut_out(minimal):
    def fails(interleaving):
        switches = list(interleaving.switches)
        first = next((i for i, switch in enumerate(switches) if switch.point > 3), None)
        return first is not None and any(switch.task == 2 for switch in switches[first + 1 :])

    assert str(minimal(interleavings(), fails)) == "T1@4>T2 T2@1>T1"


def test_draws_are_few():
    draws = []

    @settings(database=None, phases=[Phase.generate])
    @given(st.data())
    def count(data):
        interleaving = data.draw(interleavings())
        draws.append((len(data.conjecture_data.choices), len(interleaving)))

    count()

    assert all(choices <= 3 * switches + 1 for choices, switches in draws)


@pytest.mark.parametrize(
    ("name", "least"), [("max_switches", 0), ("max_point", 1), ("max_task", 1)]
)
@pytest.mark.parametrize("value", [-1, True, 2.0, float("nan"), float("inf"), "2", None])
def test_a_bad_bound_is_named_when_the_strategy_is_used(name, least, value):
    strategy = interleavings(**{name: value})

    with pytest.raises(InvalidArgument) as caught:
        strategy.validate()
    assert str(caught.value) == (
        f"interleavings got {name}={value!r}. Give a whole number, {least} or greater."
    )


@pytest.mark.parametrize("name", ["max_switches", "max_point", "max_task"])
def test_a_bound_beyond_reason_is_named_when_the_strategy_is_used(name):
    strategy = interleavings(**{name: 10**9})

    with pytest.raises(InvalidArgument, match=f"got {name}=1000000000. Give 1000000 or less"):
        strategy.validate()


def test_bounds_are_given_by_name():
    with pytest.raises(TypeError, match="positional"):
        interleavings(3)


def test_repr_reads_like_the_call():
    assert repr(interleavings(max_task=2)) == "interleavings(max_task=2)"


def test_a_failing_case_is_printed_as_code_that_can_be_pasted(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(strategies.__file__).parents[1]))
    pytester.makepyfile(
        """
        from hypothesis import given, settings
        from strategies import interleavings

        @settings(database=None)
        @given(interleaving=interleavings())
        def test_fails(interleaving):
            assert not any(s.task == 1 and s.to == 2 for s in interleaving.switches)
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*interleaving=Interleaving.parse('T1@1>T2'),"])


@settings(phases=[Phase.explicit])
@example(interleaving=Interleaving.parse("T1@1>T2"))
@given(interleaving=interleavings())
def test_a_pasted_case_runs(interleaving):
    assert interleaving == Interleaving((Switch(1, 1, 2),))


def has_switch(task, point, to):
    return lambda interleaving: Switch(task, point, to) in interleaving.switches
