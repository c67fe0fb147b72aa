"""What an exploration says: the verdict, why, how complete it is, and which outcomes there are."""

import re
import threading
import time
from contextlib import suppress
from itertools import count as counting
from threading import Condition, Lock, RLock, Thread
from types import SimpleNamespace

import pytest
from together import together

from harness import (
    DeadlockError,
    InconclusiveError,
    OutOfSteps,
    OutOfStepsError,
    Raised,
    Returned,
    check,
    explore,
    explorer,
    minimal_failure,
    run,
)


def lost_update():
    cell = SimpleNamespace(n=0)

    def increment():
        cell.n += 1

    together(increment, increment)
    assert cell.n == 2


def locked():
    cell, lock = SimpleNamespace(n=0), Lock()

    def increment():
        with lock:
            cell.n += 1

    together(increment, increment)
    assert cell.n == 2


# Verdicts ------------------------------------------------------------------------------------


def test_violation_has_a_failure_and_says_what_happened():
    exploration = explore(lost_update)

    assert exploration.verdict == "violated"
    assert exploration.reason.startswith("T0 raised AssertionError: assert 1 == 2 at ")
    assert isinstance(exploration.failure.outcome, Raised)
    assert exploration.failure.exception is exploration.failure.outcome.exception
    assert exploration.search == "auto"
    assert exploration.contended > 0
    assert exploration.steps > 0


def test_search_that_ends_holds():
    exploration = explore(locked, search="exhaustive", executions=10_000)

    assert exploration.verdict == "holds"
    assert exploration.complete
    assert exploration.failure is None
    assert "every interleaving" in exploration.reason
    assert "sequential consistency" in exploration.reason


def test_bounded_search_names_its_bound():
    exploration = explore(locked, search="exhaustive", preemptions=1)

    assert exploration.verdict == "holds"
    assert "with at most 1 preemption (" in exploration.reason


@pytest.mark.parametrize("search", ["auto", "random", "pct"])
def test_search_that_runs_out_of_executions_found_nothing(search):
    exploration = explore(locked, search=search, executions=1)

    assert exploration.verdict == "no failure found"
    assert exploration.executions == 1
    assert not exploration.complete
    assert exploration.reason == f"No failure was found in 1 execution by search={search!r}."


def test_exhaustive_search_that_runs_out_of_executions_says_what_would_fit():
    def body():
        cell = SimpleNamespace(n=0)

        def increment():
            for _ in range(6):
                cell.n += 1

        together(increment, increment)

    exploration = explore(body, search="exhaustive", executions=200)

    assert exploration.verdict == "inconclusive"
    assert not exploration.complete
    assert re.search(
        r"stopped after 200 executions without a failure; all of it would be (about|more than) ",
        exploration.reason,
    )
    assert "preemptions=1 is likely to fit" in exploration.reason
    bounded = explore(body, search="exhaustive", preemptions=1, executions=200)
    assert bounded.verdict == "holds", bounded.reason


def test_seconds_bound_the_search():
    exploration = explore(locked, search="random", executions=10**9, seconds=0.05)

    assert exploration.verdict == "no failure found"
    assert 1 <= exploration.executions < 10**6


def test_at_least_one_execution_is_made_however_short_the_time():
    assert explore(locked, seconds=1e-9).executions == 1


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
@pytest.mark.parametrize("search", ["auto", "random", "exhaustive"])
def test_seconds_end_an_execution_that_goes_on_for_ever(search, carrier):
    def body():
        cell = SimpleNamespace(n=0, looks=0)

        def increment():
            cell.n += 1

        together(increment, increment)
        while cell.n < 2:  # it writes, so it is not seen to spin
            cell.looks += 1

    exploration = explore(body, search=search, seconds=0.2, max_steps=10**12, carrier=carrier)

    assert exploration.executions >= 1
    assert list(exploration.outcomes) == [Returned(None)]
    if search == "exhaustive":
        assert "The exhaustive search was stopped" in exploration.reason
    else:
        assert exploration.verdict == "no failure found", exploration.reason


def test_seconds_end_the_first_execution_too_and_then_nothing_is_known(monkeypatch):
    def body():
        cell = SimpleNamespace(looks=0)

        def work():
            while True:
                cell.looks += 1

        together(work, work)

    monkeypatch.setattr(explorer, "_SECONDS_FOR_THE_FIRST", 0.1)
    exploration = explore(body, seconds=0.05, max_steps=10**12)

    assert (exploration.verdict, exploration.executions) == ("inconclusive", 0)
    assert exploration.reason.startswith("No execution had ended after 0.05 s.")
    assert explore(locked).verdict == "holds"


def test_all_outcomes_are_collected_when_asked():
    exploration = explore(lost_update, search="exhaustive", executions=5_000, stop_at_failure=False)
    counts = {type(outcome): seen.count for outcome, seen in exploration.outcomes.items()}

    assert exploration.verdict == "violated"
    assert exploration.complete
    assert set(counts) == {Returned, Raised}
    assert sum(counts.values()) == exploration.executions


def test_witness_leads_to_its_outcome():
    exploration = explore(lost_update, search="exhaustive", executions=5_000, stop_at_failure=False)

    for outcome, witness in exploration.outcomes.items():
        assert run(lost_update, witness.interleaving).outcome == outcome


def test_search_stops_at_the_failure():
    stopped = explore(lost_update, search="exhaustive", executions=5_000)
    whole = explore(lost_update, search="exhaustive", executions=5_000, stop_at_failure=False)

    assert stopped.executions < whole.executions
    assert not stopped.complete
    assert sum(isinstance(outcome, Raised) for outcome in stopped.outcomes) == 1


# Litmus tests: the set of outcomes under sequential consistency ---------------------------------


def outcomes(body):
    exploration = explore(body, search="exhaustive", executions=20_000, stop_at_failure=False)
    assert exploration.verdict == "holds", exploration.reason
    return {outcome.value for outcome in exploration.outcomes}


def test_coherence_of_two_writes_and_two_reads():
    def body():
        s = SimpleNamespace(x=0, seen=None)

        def write():
            s.x = 1
            s.x = 2

        def read():
            first = s.x
            s.seen = first, s.x

        together(write, read)
        return s.seen

    assert outcomes(body) == {(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)}


# Nothing learned -----------------------------------------------------------------------------


def test_threads_that_share_nothing_are_inconclusive_and_the_remedy_is_named():
    def body():
        def work():
            values = [1, 2]
            values.append(3)

        together(work, work)

    exploration = explore(body)

    assert exploration.verdict == "inconclusive"
    assert exploration.executions == 1
    assert "No two threads touched the same thing" in exploration.reason
    assert "share an object, a global or a variable" in exploration.reason


def test_body_without_threads_is_inconclusive():
    exploration = explore(lambda: 1)

    assert exploration.verdict == "inconclusive"
    assert "started no thread" in exploration.reason
    with pytest.raises(InconclusiveError, match="started no thread"):
        check(lambda: 1)


def test_steps_that_run_out_before_the_first_thread_are_named_as_the_cause():
    def body():
        filled = dict.fromkeys(range(100), 0)
        while len(filled) < 200:
            filled[len(filled)] = 0
        together(filled.clear)

    exploration = explore(body, max_steps=50)

    assert exploration.verdict == "inconclusive"
    assert "ran out of steps before the first thread was started" in exploration.reason
    assert re.search(r"T0 at \S*test_exploration\.py:\d", exploration.reason)
    assert "raise max_steps" in exploration.reason
    assert "started no thread" not in exploration.reason


def test_body_that_fails_without_threads_is_a_violation():
    def body():
        raise KeyError("x")

    assert explore(body).verdict == "violated"


def test_body_that_differs_from_run_to_run_is_inconclusive():
    numbers = counting()

    def body():
        cell = SimpleNamespace(n=0)
        number = next(numbers)

        def increment():
            cell.n += 1

        together(increment, increment)
        assert number != 5

    exploration = explore(body)

    assert exploration.verdict == "inconclusive"
    assert exploration.failure is None
    assert "did not fail again" in exploration.divergence
    assert exploration.reason.startswith(exploration.divergence)
    assert "state that an earlier run has changed" in exploration.reason


@pytest.mark.parametrize("search", ["auto", "random", "exhaustive"])
@pytest.mark.parametrize(
    "fails", [lambda runs: runs > 1, lambda runs: runs == 1], ids=["later", "first"]
)
def test_failure_that_comes_and_goes_with_nobody_interrupted_is_inconclusive(search, fails):
    """A list outside the body keeps what earlier executions have appended."""
    runs = []

    def body():
        runs.append(1)
        cell, lock = SimpleNamespace(n=0), Lock()

        def increment():
            with lock:
                cell.n += 1

        together(increment, increment)
        assert not fails(len(runs))

    explore(body, executions=1)  # so that every execution that follows runs to its end
    runs.clear()
    exploration = explore(body, search=search)

    assert exploration.verdict == "inconclusive", exploration.reason
    assert exploration.failure is None
    assert exploration.divergence.startswith("With nobody interrupted, one execution ")
    assert "passed" in exploration.divergence
    assert f"The body is not deterministic. {exploration.divergence}" in exploration.reason
    assert "Make its state inside the body" in exploration.reason


def test_failure_with_a_switch_stays_a_violation_whatever_else_differs():
    runs = []

    def body():
        runs.append(1)
        assert len(runs) != 1
        lost_update()

    assert explore(body).verdict == "violated"


# check raises what happened ------------------------------------------------------------------


def test_check_raises_the_users_own_exception_with_the_report():
    class OwnError(Exception):
        pass

    made = []

    def body():
        cell = SimpleNamespace(n=0)

        def increment():
            cell.n += 1

        together(increment, increment)
        if cell.n != 2:
            made.append(OwnError(cell.n))
            raise made[-1]

    with pytest.raises(OwnError) as raised:
        check(body)

    assert any(raised.value is error for error in made)
    assert "replay: harness.replay(body, 'T1@" in raised.value.__notes__[0]
    assert raised.value.harness_failure.exception is raised.value
    assert raised.traceback[-1].path.name == "test_exploration.py"


def test_check_raises_deadlock_error():
    a, b = Lock(), Lock()

    def use(first, second):
        with first, second:
            pass

    with pytest.raises(DeadlockError, match="every live thread is waiting"):
        check(lambda: together(lambda: use(a, b), lambda: use(b, a)))


def test_check_raises_out_of_steps_error_for_a_loop_without_end():
    def body():
        cell = SimpleNamespace(stop=False)

        def spin():
            while not cell.stop:
                pass

        together(spin, spin)

    with pytest.raises(OutOfStepsError, match="it would go on for ever, even if every"):
        check(body, max_steps=2_000)


def test_loop_that_another_thread_ends_is_no_violation():
    def body():
        cell = SimpleNamespace(stop=False)

        def spin():
            while not cell.stop:
                pass

        def stop():
            cell.stop = True

        together(spin, stop)

    exploration = explore(body, max_steps=2_000, executions=20)

    assert exploration.failure is None
    assert exploration.verdict == "no failure found"
    assert list(exploration.outcomes) == [Returned(None)]


def test_loop_that_ends_in_a_fair_schedule_is_no_violation():
    def body():
        cell = SimpleNamespace(stop=False, rounds=0)

        def spin():
            while not cell.stop:
                cell.rounds += 1

        def stop():
            cell.stop = True

        together(spin, stop)

    exploration = explore(body, max_steps=2_000, executions=20)

    assert exploration.failure is None
    assert exploration.verdict == "inconclusive"
    assert any(isinstance(outcome, OutOfSteps) for outcome in exploration.outcomes)


def test_check_returns_the_exploration_of_a_right_body():
    assert check(locked, executions=10).verdict == "no failure found"


def test_exception_of_a_thread_is_the_failure_and_later_ones_are_named():
    def body():
        cell = SimpleNamespace(n=0)

        def work():
            cell.n += 1
            raise ValueError(threading.current_thread().name)

        threads = [Thread(target=work, name=name) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    failure = explore(body).failure

    assert failure.outcome.task == 1
    assert str(failure.exception) == "one"
    assert "and then T2 raised ValueError: two" in str(failure)


# State is put back ---------------------------------------------------------------------------

TOTAL = 0


class Registry:
    made = 0
    kind = "plain"


def test_globals_and_class_attributes_are_put_back_after_each_execution():
    seen = []

    def body():
        global TOTAL, ADDED
        seen.append((TOTAL, Registry.made, "ADDED" in globals(), hasattr(Registry, "extra")))
        ADDED = 1
        Registry.extra = 1
        del Registry.kind

        def work():
            global TOTAL
            TOTAL += 1
            Registry.made += 1

        together(work, work)
        return TOTAL

    explore(body, executions=30)

    assert set(seen) == {(0, 0, False, False)}
    assert (TOTAL, Registry.made, Registry.kind) == (0, 0, "plain")
    assert "ADDED" not in globals()
    assert not hasattr(Registry, "extra")


def test_threading_is_itself_again_after_an_exploration():
    before = (threading.Thread.start, threading.Lock, threading.get_ident, Condition.wait)
    code = lost_update.__code__

    explore(lost_update)

    assert before == (threading.Thread.start, threading.Lock, threading.get_ident, Condition.wait)
    assert lost_update.__code__ is code


# Arguments -----------------------------------------------------------------------------------


def returned(body, **options):
    exploration = explore(body, search="exhaustive", stop_at_failure=False, **options)
    assert exploration.complete, exploration.reason
    return {
        outcome.value if isinstance(outcome, Returned) else type(outcome.exception).__name__
        for outcome in exploration.outcomes
    }


def test_lock_that_is_another_one_each_time_protects_nothing():
    def body():
        total = [0]

        def increment():
            lock = Lock()
            with lock:
                total[0] += 1

        together(increment, increment)
        return total[0]

    assert returned(body) == {1, 2}


@pytest.mark.parametrize("make_lock", [Lock, RLock])
def test_lock_is_seen_held_by_who_only_tries_to_take_it(make_lock):
    def body():
        lock = make_lock()
        found = []

        def hold():
            with lock:
                pass

        def look():
            taken = lock.acquire(blocking=False)
            found.append(taken)
            if taken:
                lock.release()

        together(hold, look)
        return found[0]

    assert returned(body) == {True, False}


def test_lock_is_seen_held_by_who_waits_for_a_while():
    def body():
        lock = Lock()
        found = []

        def hold():
            with lock:
                pass

        def look():
            taken = lock.acquire(timeout=1)
            found.append(taken)
            if taken:
                lock.release()

        together(hold, look)
        return found[0]

    assert returned(body) == {True, False}


def test_lock_that_another_task_releases_is_released_before_or_after_it_is_taken():
    def body():
        lock = Lock()

        def release():
            with suppress(RuntimeError):
                lock.release()

        together(lock.acquire, release)
        return lock.locked()

    assert returned(body) == {True, False}


def test_accesses_under_one_lock_cost_no_choices():
    def body():
        lock = Lock()
        total = [0]

        def increment():
            with lock:
                total[0] = total[0] + 1

        together(increment, increment)
        return total[0]

    exploration = explore(body, search="exhaustive")

    assert exploration.verdict == "holds"
    assert exploration.executions < 12  # 54 with a choice at each access and each release


def late_for_the_second_lock():
    """Return what is (1, 1, "first") with one switch alone: away from `first` while it holds the lock."""
    lock = Lock()
    cells = SimpleNamespace(protected=0, begun=0, seen=0, order=[])

    def first():
        cells.begun = 1
        with lock:
            cells.protected += 1
        first.saw = cells.seen
        with lock:
            cells.order.append("first")

    def second():
        second.saw = cells.begun
        cells.seen = 1
        with lock:
            cells.protected += 1
            cells.order.append("second")

    together(first, second)
    return first.saw, second.saw, cells.order[0]


def test_switch_while_a_lock_is_held_may_be_the_only_one_that_is_needed():
    everything = explore(
        late_for_the_second_lock, search="exhaustive", preemptions=1, stop_at_failure=False
    )

    assert everything.complete
    assert Returned((1, 1, "first")) in everything.outcomes


@pytest.mark.parametrize("search", ["auto", "random", "pct", "exhaustive"])
def test_fewest_switches_are_looked_for_while_a_lock_is_held_too(search):
    def body():
        assert late_for_the_second_lock() != (1, 1, "first")

    failure = explore(body, search=search).failure

    assert len(failure.interleaving) == 1
    assert failure.smaller == "No smaller number of switches fails in this way"


def looks_whether_another_one_lives():
    cell = SimpleNamespace(done=False)
    first = Thread(target=lambda: setattr(cell, "done", True))
    looks = []
    second = Thread(target=lambda: looks.append((cell.done, first.is_alive())))
    second.start()
    first.start()
    first.join()
    second.join()
    return looks[0]


@pytest.mark.parametrize("options", [{}, {"preemptions": 2}])
def test_exhaustive_search_switches_where_threads_start_and_end(options):
    everything = {(False, False), (False, True), (True, True), (True, False)}

    assert returned(looks_whether_another_one_lives, **options) == everything


def test_a_smaller_failure_of_another_kind_takes_the_place_of_the_first():
    """A cache that is filled in place: seen half full, or not at all."""

    def body():
        rules, cache, got = ["a", "b"], {}, []

        def rules_of(name):
            if not cache:
                cache["all"] = True
                for rule in rules:
                    cache.setdefault(name, []).append(rule)
            return list(cache.get(name, ()))

        together(*[lambda: got.append(rules_of("x"))] * 2)
        if [] in got:
            raise LookupError("nothing yet")
        assert got == [rules, rules]

    for seed in range(5):
        failure = explore(body, seed=seed).failure
        assert len(failure.interleaving) == 1


def test_minimizing_is_bounded_by_switch_points_too(monkeypatch):
    assert "No smaller number of switches" in explore(lost_update).failure.smaller

    monkeypatch.setattr(minimal_failure, "_MOST_STEPS", 10)

    assert explore(lost_update).failure.smaller == "No smaller one was found"


def test_what_a_body_leaves_behind_is_told_of_its_own_module():
    """Two modules with the same text have equal code, and each a container of its own."""
    text = "kept = []\ndef body():\n    kept.append(1)\n"
    first, second = {"__name__": "first"}, {"__name__": "second"}
    for namespace in (first, second):
        exec(compile(text, f"{namespace['__name__']}.py", "exec"), namespace)

    told = [explore(namespace["body"]).leftovers for namespace in (first, second, first)]

    assert told == [("first.kept (list)",), ("second.kept (list)",), ("first.kept (list)",)]


def test_a_body_with_nothing_to_interleave_says_so():
    def in_one_thread():
        Thread(target=int).start()

    assert explore(lambda: None).is_sequential
    assert explore(in_one_thread).is_sequential


CALLS = 0
CACHE = {}


def test_a_failure_that_only_what_an_earlier_run_has_left_explains_is_none():
    def get():
        global CALLS
        if "a" not in CACHE:
            CALLS += 1
            time.sleep(0.1)
            CACHE["a"] = 1

    def body():
        together(get, get)
        assert CALLS == 1, (CALLS, CACHE)

    exploration = explore(body)

    assert exploration.verdict == "inconclusive"
    assert "CACHE (dict); clear it at the start of the body" in exploration.reason
