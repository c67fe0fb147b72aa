"""The optimal search against brute force, within a bound or with daemons: each trace once."""

from functools import partial
from sys import maxsize

import pytest
from abstract_programs import Run, RunWithDaemons, trace_of
from hypothesis import given, settings
from hypothesis import strategies as st
from together import together

from harness import explore
from harness.search.bounded import PreemptionBound
from harness.search.dpor import OptimalSearch

MOST_INTERLEAVINGS = 2_000

VARIABLES, LOCKS, VALUES = st.sampled_from("xyz"), st.sampled_from("LM"), st.integers(0, 3)
READS = st.tuples(st.just("read"), VARIABLES)
WRITES = st.tuples(st.just("write"), VARIABLES, VALUES)
ACCESSES = READS | WRITES
STEPS = st.one_of(
    ACCESSES,
    st.tuples(st.just("if"), VARIABLES, VALUES, ACCESSES, ACCESSES),
    st.tuples(st.just("lock"), LOCKS, st.lists(ACCESSES, max_size=2)),
    st.tuples(st.just("both locks"), LOCKS, st.lists(ACCESSES, max_size=1)),
)
PROGRAMS = st.one_of(
    st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=2, max_size=2),
    st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=3, max_size=3),
    st.lists(st.lists(STEPS, min_size=1, max_size=2), min_size=4, max_size=4),
)


def task(steps):
    for step in steps:
        match step:
            case "if", variable, value, one, other:
                seen = yield "read", variable
                yield one if seen == value else other
            case "lock", lock, accesses:
                yield from locked(lock, accesses)
            case "both locks", lock, accesses:
                yield "acquire", lock
                yield from locked("M" if lock == "L" else "L", accesses)
                yield "release", lock
            case _:
                yield step


def locked(lock, accesses):
    yield "acquire", lock
    yield from (access for access in accesses)  # which a value can be sent to
    yield "release", lock


class Choices:
    """Follow choices, then let each task go on as long as it can, and list what else could be."""

    def __init__(self, choices, most):
        self.choices = choices
        self.most = most
        self.made = []
        self.others = []
        self.preemptions = 0
        self.last = None

    def choose(self, enabled, _current, _point, _timed):
        can_go_on = enabled[0] == self.last
        if len(self.made) < len(self.choices):
            chosen = self.choices[len(self.made)]
        else:
            chosen = enabled[0]
            if not can_go_on or self.preemptions < self.most:
                self.others += [(*self.made, other) for other in enabled[1:]]
        self.preemptions += can_go_on and chosen != self.last
        self.made.append(chosen)
        return chosen

    def performed(self, operation):
        self.last = operation.task

    def waiting(self, operation):
        pass


def brute_force(program, most, run_once=Run):
    """Return all traces with at most `most` preemptions, `None` if that takes too long."""
    left, traces, executions = [()], set(), 0
    while left:
        choices = Choices(left.pop(), most)
        run = run_once(choices, program, {})
        run.run()
        left += choices.others
        traces.add(trace_of(run.order))
        executions += 1
        if executions > MOST_INTERLEAVINGS:
            return None
    return traces


@pytest.fixture(autouse=True)
def _goes_on(monkeypatch):
    """Let no search give up because all interleavings are few."""
    monkeypatch.setattr(PreemptionBound, "gives_up", False)


def searched(program, most, run_once=Run):
    search, numbers, traces = OptimalSearch(most), {}, []
    while search.begin():
        run = run_once(search, program, numbers)
        run.run()
        search.end()
        if search.has_kept_to_its_bound:
            traces.append(trace_of(run.order))
    return traces


def compare(steps_of_tasks, most):
    def program():
        return [task(steps) for steps in steps_of_tasks]

    expected = brute_force(program, most)
    if expected is None:
        return
    traces = searched(program, most)

    assert set(traces) == expected
    assert len(traces) == len(expected)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(PROGRAMS, st.integers(0, 3))
def test_search_runs_each_trace_within_the_bound_once(steps_of_tasks, most):
    compare(steps_of_tasks, most)


@pytest.mark.thorough
@settings(max_examples=3_000, deadline=None, derandomize=True, database=None)
@given(PROGRAMS, st.integers(0, 3))
def test_search_runs_each_trace_within_the_bound_once_in_many_programs(steps_of_tasks, most):
    compare(steps_of_tasks, most)


def compare_with_daemons(steps_of_tasks, chosen):
    """Let all tasks but one be daemons, and one only; return how often brute force came to an end."""

    def program():
        return [task(steps) for steps in steps_of_tasks]

    compared = 0
    last = chosen % len(steps_of_tasks)
    others = frozenset(range(len(steps_of_tasks))) - {last}
    for daemons in {others, frozenset([min(others)])}:
        run_once = partial(RunWithDaemons, daemons=daemons)
        expected = brute_force(program, maxsize, run_once)
        if expected is None:
            continue
        compared += 1
        traces = searched(program, None, run_once)
        assert set(traces) == expected
        if daemons == others:  # or a trace may come once for each that can end last
            assert len(traces) == len(expected)
    return compared


@pytest.mark.parametrize("examples", [20, pytest.param(600, marks=pytest.mark.thorough)])
def test_search_runs_each_trace_once_although_the_end_stops_daemons(examples):
    compared = []

    @settings(max_examples=examples, deadline=None, derandomize=True, database=None)
    @given(PROGRAMS, st.integers(0, 3))
    def compare_all(steps_of_tasks, chosen):
        compared.append(compare_with_daemons(steps_of_tasks, chosen))

    compare_all()
    assert sum(compared) > examples // 3


# Found by brute force: what leads to a trace within the bound can lie two detours beyond it, begin
# with what the trace takes back, or take nothing back but the first of what may come later.
@pytest.mark.parametrize(
    "steps_of_tasks",
    [
        [
            [("if", "y", 0, ("write", "x", 3), ("read", "x"))],
            [("write", "x", 3), ("write", "y", 2), ("write", "y", 2), ("write", "y", 1)],
            [("read", "y"), ("read", "y")],
        ],
        [
            [("write", "y", 2), ("if", "x", 1, ("write", "x", 3), ("read", "x")), ("read", "x")],
            [("read", "y"), ("write", "x", 3), ("both locks", "L", [("read", "y"), ("read", "y")])],
            [("read", "x")],
        ],
        [
            [("read", "z"), ("read", "x"), ("lock", "L", []), ("write", "z", 0)],
            [("lock", "L", [("write", "z", 0), ("write", "x", 0)])],
            [("read", "z"), ("write", "z", 0)],
        ],
    ],
)
def test_no_trace_is_lost_with_those_that_lead_to_it(steps_of_tasks):
    compare(steps_of_tasks, 0)


def test_an_execution_is_within_the_bound_until_its_end():
    def program():
        return [task([("read", "x"), ("write", "x", 1)]) for _ in range(2)]

    search, numbers, kept = OptimalSearch(0), {}, []
    while search.begin():
        assert search.has_kept_to_its_bound  # one that is cut short belongs to what is searched
        Run(search, program, numbers).run()
        search.end()
        kept.append(search.has_kept_to_its_bound)

    assert False in kept[:-1]


def test_a_bounded_search_takes_fewer_executions_than_one_without_a_bound():
    def program():
        return [task([("read", "x"), ("write", "x", 1)] * 3) for _ in range(2)]

    search, executions = OptimalSearch(1), 0
    while search.begin():
        Run(search, program, {}).run()
        search.end()
        executions += 1

    assert len(searched(program, 1)) <= executions < len(searched(program, None))


@pytest.mark.parametrize("gives_up", [False, True])
@pytest.mark.parametrize("preemptions", [0, 1, 2])
@pytest.mark.parametrize("rounds", [1, 2, 4])
def test_where_interleavings_are_fewer_than_branches_all_of_them_are_run(
    rounds, preemptions, gives_up, monkeypatch
):
    monkeypatch.setattr(PreemptionBound, "gives_up", gives_up)

    def body():
        counts = [0]

        def work():
            for _ in range(rounds):
                counts[0] += 1

        together(work, work)
        return counts[0]

    options = {"search": "exhaustive", "stop_at_failure": False, "preemptions": preemptions}
    found = explore(body, **options)

    assert found.complete
    assert {outcome.value for outcome in found.outcomes} == every_outcome(rounds, preemptions)


def every_outcome(rounds, preemptions):
    """Return the totals of two threads that read and write in turn, by brute force."""

    def program():
        return [increments(rounds) for _ in range(2)]

    left, totals = [()], set()
    while left:
        choices = Choices(left.pop(), preemptions)
        run = Run(choices, program, {})
        run.run()
        left += choices.others
        totals.add(run.values["x"])
    return totals


def increments(rounds):
    for _ in range(rounds):
        value = yield "read", "x"
        yield "write", "x", value + 1
