"""What `model="gil"` promises beside the table of patterns."""

import dis
import importlib.util
import queue
import sys
import threading
from pathlib import Path
from threading import Lock
from types import CodeType

import pytest
from together import together

from harness import (
    Interleaving,
    ReplayDivergenceError,
    Returned,
    UsageError,
    explore,
    replay,
    run,
)
from harness.control.gil.hand_over import HAND_OVER_HOOKS
from harness.control.hooks import HOOKS
from harness.counters import CANDIDATES, count
from harness.instrument.rewrite import rewrite

MODELS = ("free-threaded", "gil")
CORPUS = Path(__file__).parents[1] / "corpus"


class Counter:
    n = 0

    def __repr__(self):  # pytest puts it into the message of an assertion
        return "Counter()"


def nothing():
    pass


def plus_equals():
    counter = Counter()

    def work():
        counter.n += 1

    together(work, work)
    assert counter.n == 2, "an increment was lost"


def call_between():
    counter = Counter()

    def work():
        seen = counter.n
        nothing()
        counter.n = seen + 1

    together(work, work)
    assert counter.n == 2, "an increment was lost"


def many_points():
    counter, table, lock = Counter(), {"a": 1}, Lock()

    def work():
        for _ in range(2):
            seen = counter.n
            table["a"] += len(table)
            nothing()
            counter.n = seen + 1
        with lock:
            counter.n = counter.n + 1

    together(work, work)
    return counter.n


# Following and replaying -----------------------------------------------------------------------


@pytest.mark.needs_gil
def test_a_switch_where_the_gil_is_kept_is_ignored():
    failure = explore(plus_equals).failure
    under_the_gil = run(plus_equals, failure.interleaving, model="gil")

    assert run(plus_equals, failure.interleaving).outcome == failure.outcome
    assert under_the_gil.outcome == Returned(None)
    assert under_the_gil.interleaving == Interleaving()


@pytest.mark.needs_gil
def test_a_switch_where_the_gil_is_handed_over_takes_place():
    failure = explore(call_between, model="gil").failure

    assert run(call_between, failure.interleaving, model="gil").interleaving == failure.interleaving
    assert run(call_between, failure.interleaving).interleaving == failure.interleaving


@pytest.mark.needs_gil
def test_replaying_a_switch_where_the_gil_is_kept_names_it():
    token = explore(plus_equals).failure.token

    with pytest.raises(ReplayDivergenceError) as diverged:
        replay(plus_equals, token, model="gil")

    assert token.partition("#")[0] in str(diverged.value)
    assert "hands over the GIL" in str(diverged.value)


@pytest.mark.needs_gil
@pytest.mark.parametrize(("made", "used"), [MODELS, MODELS[::-1]])
def test_a_token_belongs_to_its_model(made, used):
    token = explore(call_between, model=made).failure.token

    replay(call_between, token, model=made)
    with pytest.raises(ReplayDivergenceError):
        replay(call_between, token, model=used)


@pytest.mark.needs_gil
def test_both_models_number_the_same_points():
    executions = [run(many_points, model=model) for model in MODELS]
    points = [
        [(step.task, step.point, step.kind, step.what) for step in execution.trace.steps]
        for execution in executions
    ]

    assert executions[0].steps == executions[1].steps
    assert points[0] == points[1]


@pytest.mark.thorough
@pytest.mark.needs_gil
def test_what_can_happen_under_the_gil_can_happen_without():
    everywhere, under_the_gil = (
        set(explore(many_points, search="exhaustive", preemptions=2, model=model).outcomes)
        for model in MODELS
    )

    assert under_the_gil <= everywhere


@pytest.mark.needs_gil
def test_the_same_search_gives_the_same():
    first, second = (explore(many_points, model="gil", stop_at_failure=False) for _ in range(2))

    assert dict(first.outcomes) == dict(second.outcomes)


@pytest.mark.needs_gil
def test_every_outcome_has_a_witness_that_leads_there():
    found = explore(
        many_points, model="gil", search="exhaustive", preemptions=2, stop_at_failure=False
    )

    assert len(found.outcomes) > 1
    for outcome, witness in found.outcomes.items():
        again = run(many_points, witness.interleaving, model="gil")
        assert (again.outcome, again.interleaving) == (outcome, witness.interleaving)


# What hands over besides the patterns ----------------------------------------------------------


@pytest.mark.needs_gil
def test_waiting_for_a_lock_hands_over():
    """Nothing else between the read and the write of the first task does, but for 3.14."""

    def body():
        counter = Counter()
        lock = Lock()

        def reads_first():
            seen = counter.n
            with lock:
                counter.n = seen + 1

        def holds_the_lock():
            with lock:
                nothing()
                counter.n = counter.n + 1

        together(reads_first, holds_the_lock)
        assert counter.n == 2

    assert explore(body, search="exhaustive", model="gil").verdict == "violated"


@pytest.mark.needs_gil
def test_code_out_of_scope_hands_over_inside():
    """`Queue.put` is Python code of the standard library, which other tasks can interrupt."""

    def body():
        shared = queue.Queue()
        seen = []

        def put():
            seen.append(shared.unfinished_tasks)
            shared.put(1)

        together(put, put)
        return seen

    found = explore(body, search="exhaustive", model="gil", preemptions=2)

    assert {tuple(outcome.value) for outcome in found.outcomes} == {(0, 0), (0, 1)}


@pytest.mark.needs_gil
def test_a_task_that_spins_gets_its_turns_fairly():
    def body():
        flag = Counter()

        def wait():
            while not flag.n:
                a = b = c = d = flag.n
                flag.seen = (a, b, c, d)

        def set_it():
            flag.n = 1

        together(wait, set_it)

    found = explore(body, model="gil", executions=20, max_steps=3_000)

    assert found.failure is None


@pytest.mark.needs_gil
def test_a_task_that_spins_for_ever_is_found():
    def body():
        flag = Counter()

        def wait():
            while not flag.n:
                pass

        together(wait, wait)

    found = explore(body, model="gil", executions=20, max_steps=3_000)

    assert found.verdict == "violated"


# What a failure says ---------------------------------------------------------------------------


@pytest.mark.needs_gil
@pytest.mark.parametrize("make_counter", CANDIDATES, ids=lambda made: made.__name__)
def test_a_failure_of_a_counter_says_the_models_in_which_it_is_expected(make_counter):
    expected = make_counter.expected
    smallest = expected.free_threaded
    threads, iterations = (2, 1) if smallest is None else (smallest.threads, smallest.iterations)

    def body():
        assert count(make_counter, threads, iterations) == threads * iterations

    failure = explore(body, search="exhaustive", preemptions=2).failure

    assert (failure.affects if failure else ()) == tuple(
        model for model in MODELS if expected.under(model) is not None
    )


def test_a_failure_of_another_kind_is_not_taken_for_the_same():
    def body():
        counter = Counter()

        def work():
            counter.n += 1

        def reads():
            seen = counter.n
            nothing()
            assert counter.n == seen, "that one is under the GIL, too"

        together(work, work)
        assert counter.n == 2, "this one is not"
        together(work, reads)

    failure = explore(body).failure

    assert "this one is not" in str(failure.exception)
    assert failure.affects == ("free-threaded",)


def test_without_a_gil_the_model_is_refused_and_the_report_says_nothing_of_it(monkeypatch):
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)

    with pytest.raises(UsageError, match=r"without one\. Use model='free-threaded'"):
        explore(plus_equals, model="gil")

    failure = explore(plus_equals).failure

    assert failure.affects == ("free-threaded",)
    assert "GIL" not in str(failure)


# What it leaves alone --------------------------------------------------------------------------


def constants_of(code):
    for constant in code.co_consts:
        yield constant
        if isinstance(constant, CodeType):
            yield from constants_of(constant)


def test_nothing_more_is_inserted_for_the_other_model():
    marks = {id(getattr(HAND_OVER_HOOKS, name)) for name in HAND_OVER_HOOKS.__dataclass_fields__}
    code = rewrite(many_points.__code__, HOOKS)

    assert [one for one in constants_of(code) if id(one) in marks] == []
    assert len(list(dis.get_instructions(code))) > len(
        list(dis.get_instructions(many_points.__code__))
    )


@pytest.mark.needs_gil
def test_the_functions_are_as_they_were():
    before = many_points.__code__
    explore(many_points, model="gil", executions=5)

    assert many_points.__code__ is before
    assert threading.Lock is Lock


def corpus(folder):
    return sorted((CORPUS / folder).glob("*.py"))


def load(path):
    name = f"gil_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.needs_gil
@pytest.mark.thorough
@pytest.mark.parametrize("path", corpus("must_pass"), ids=lambda path: path.stem)
def test_right_programs_are_right_under_the_gil(path):
    assert explore(load(path).body, model="gil", executions=300).failure is None


@pytest.mark.needs_gil
@pytest.mark.thorough
@pytest.mark.parametrize("path", corpus("must_fail"), ids=lambda path: path.stem)
def test_what_fails_under_the_gil_replays_there_and_without(path):
    body = load(path).body
    failure = explore(body, model="gil", executions=300).failure
    if failure is not None:
        under_the_gil = replay(body, failure.token, model="gil").outcome
        without = run(body, failure.interleaving).outcome

        assert under_the_gil == failure.outcome
        assert type(without) is type(failure.outcome)
