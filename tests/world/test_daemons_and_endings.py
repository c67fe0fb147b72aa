"""How an execution ends: with daemons, with threads that nobody joins, with exceptions, by killing."""

import gc
import threading
import time
from threading import Condition, Event, Lock, Thread

import pytest

from harness import Deadlocked, Interleaving, OutOfSteps, Raised, Returned, explore, run
from harness.control.scheduling.scheduler import running


def test_daemon_that_waits_for_ever_is_ended():
    ended = []

    def body():
        def wait():
            try:
                Event().wait()
            finally:
                ended.append(1)

        Thread(target=wait, daemon=True).start()
        time.sleep(1)
        return "done"

    outcome = run(body).outcome

    assert outcome == Returned("done")
    assert set(ended) == {1}


def test_daemon_that_spins_for_ever_is_ended():
    def body():
        def spin():
            while True:
                time.sleep(1)

        Thread(target=spin, daemon=True).start()
        time.sleep(10)
        return "done"

    assert run(body, max_steps=10_000).outcome == Returned("done")


def test_daemon_does_not_run_after_the_end_of_the_body():
    def body():
        steps = []
        Thread(target=steps.append, args=("daemon",), daemon=True).start()
        return steps

    assert run(body).result() == []


def test_thread_that_nobody_joins_runs_to_its_end():
    steps = []

    def body():
        steps.clear()
        go = Event()

        def work():
            go.wait()
            time.sleep(5)
            steps.append("thread")

        Thread(target=work).start()
        go.set()
        steps.append("body")

    assert run(body).outcome == Returned(None)
    assert steps == ["body", "thread"]


def test_thread_that_a_late_thread_starts_runs_to_its_end():
    steps = []

    def body():
        steps.clear()

        def parent():
            Thread(target=lambda: (time.sleep(1), steps.append("child"))).start()
            steps.append("parent")

        Thread(target=parent).start()

    run(body)

    assert steps == ["parent", "child"]


def test_thread_that_nobody_joins_and_waits_for_ever_is_a_deadlock():
    def body():
        Thread(target=Event().wait).start()
        return "done"

    outcome = run(body).outcome

    assert type(outcome) is Deadlocked
    assert [(wait.task, wait.operation) for wait in outcome.waits] == [(1, "wait")]


def test_daemon_that_waits_does_not_prevent_a_deadlock():
    def body():
        lock = Lock()
        lock.acquire()
        Thread(target=Event().wait, daemon=True).start()
        lock.acquire()

    outcome = run(body).outcome

    assert type(outcome) is Deadlocked
    assert {(wait.task, wait.operation) for wait in outcome.waits} == {(0, "acquire"), (1, "wait")}


def test_daemon_that_runs_on_keeps_a_waiting_body_from_being_a_deadlock():
    def body():
        def spin():
            while True:
                time.sleep(1)

        Thread(target=spin, daemon=True).start()
        Event().wait()

    assert type(run(body, max_steps=1_000).outcome) is OutOfSteps


def test_others_run_on_after_the_body_raised():
    steps = []

    def body():
        steps.clear()
        go = Event()
        Thread(target=lambda: (go.wait(), steps.append("thread"))).start()
        go.set()
        raise LookupError("body")

    outcome = run(body).outcome

    assert (type(outcome.exception), outcome.task, outcome.others) == (LookupError, 0, ())
    assert steps == ["thread"]


def test_deadlock_that_an_exception_causes_is_told_as_the_exception():
    def body():
        go = Event()
        Thread(target=go.wait).start()
        raise LookupError("before set")

    assert type(run(body).outcome) is Raised


def test_first_of_several_exceptions_is_the_outcome_and_the_others_are_notes():
    def body():
        def fail(number):
            raise LookupError(number)

        threads = [Thread(target=fail, args=(number,)) for number in range(1, 4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        raise ValueError("body")

    outcome = run(body).outcome
    swapped = run(body, Interleaving.parse("T0@4>T3")).outcome
    exploration = explore(body, executions=50, stop_at_failure=False)

    assert (outcome.task, str(outcome.exception)) == (1, "1")
    assert [(task, str(error)) for task, error in outcome.others] == [
        (2, "2"),
        (3, "3"),
        (0, "body"),
    ]
    assert swapped.task in (1, 2, 3)
    assert len(swapped.others) == 3
    assert "ValueError" in str(exploration.failure)


@pytest.mark.parametrize("code", [None, 1, "message"])
def test_system_exit_of_the_body_is_the_bodys_exception(code):
    def body():
        Thread(target=int).start()
        raise SystemExit(code)

    outcome = run(body).outcome

    assert (type(outcome), type(outcome.exception), outcome.exception.code) == (
        Raised,
        SystemExit,
        code,
    )


def test_system_exit_of_a_thread_is_nothing():
    def body():
        def leave():
            raise SystemExit(3)

        thread = Thread(target=leave)
        thread.start()
        thread.join()
        return "done"

    assert run(body).outcome == Returned("done")


def swallow(wait):
    """Be a daemon that can hardly be ended."""
    while True:
        try:
            wait()
        except BaseException:
            continue


def try_finally(wait):
    try:
        wait()
    finally:
        wait()


def nested_finally(wait):
    try:
        try:
            wait()
        finally:
            wait()
    finally:
        wait()


def finally_that_raises(wait):
    try:
        wait()
    finally:
        raise LookupError


def finally_that_locks(wait):
    lock = Lock()
    try:
        wait()
    finally:
        with lock:
            pass


def finally_that_starts_a_thread(wait):
    try:
        wait()
    finally:
        thread = Thread(target=int)
        thread.start()
        thread.join()


def with_condition(wait):
    condition = Condition()
    with condition:
        while True:
            condition.wait()


def with_lock_that_another_holds(wait):
    lock = Lock()
    lock.acquire()
    Thread(target=lock.acquire, daemon=True).start()
    with lock:
        wait()


STUBBORN = (
    *(swallow, try_finally, nested_finally, finally_that_raises, finally_that_locks),
    *(finally_that_starts_a_thread, with_condition, with_lock_that_another_holds),
)
WAITS = {
    "Event.wait": lambda: Event().wait(),
    "sleep": lambda: time.sleep(1e6),
    "Condition.wait": lambda: _wait_for_a_condition(),
    "join": lambda: _never_ending().join(),
    "Lock.acquire": lambda: _never_free().acquire(),
}


def _wait_for_a_condition():
    condition = Condition()
    with condition:
        condition.wait()


def _never_ending():
    thread = Thread(target=Event().wait, daemon=True)
    thread.start()
    return thread


def _never_free():
    lock = Lock()
    lock.acquire()
    return lock


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("task", STUBBORN, ids=lambda task: task.__name__)
def test_stubborn_daemon_is_ended_and_changes_nothing(task, wait):
    def body():
        Thread(target=task, args=(WAITS[wait],), daemon=True).start()
        time.sleep(1)
        return threading.active_count() > 1

    found = [run(body, max_steps=100_000).outcome for _ in range(3)]

    assert found == [Returned(True)] * 3
    assert running.ident == running.thread_ident == 0
    assert run(lambda: (Thread(target=int).start(), "well")[1]).result() == "well"


@pytest.mark.parametrize("task", STUBBORN, ids=lambda task: task.__name__)
def test_deadlock_of_stubborn_tasks_is_found_again_and_again(task):
    def body():
        Thread(target=task, args=(WAITS["Event.wait"],), daemon=True).start()
        time.sleep(1)
        Event().wait()

    exploration = explore(body, search="random", executions=5, max_steps=100_000)

    assert exploration.verdict == "violated"
    assert {type(outcome) for outcome in exploration.outcomes} == {Deadlocked}


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
def test_a_task_that_could_not_be_ended_never_goes_on(carrier):
    is_over, caught = [], []

    def stubborn():
        while not is_over:
            try:
                Event().wait()
            except BaseException:
                caught.append(1)

    def body():
        stubborn()

    run(body, carrier=carrier)
    run(lambda: None)
    is_over.append(1)
    before = len(caught)
    gc.collect()

    assert before
    assert len(caught) == before


def test_threads_of_a_killed_execution_are_not_alive():
    made = []

    def body():
        made.append(Thread(target=Event().wait, daemon=True))
        made[-1].start()
        made[-1].join(1)

    run(body)

    assert [thread.is_alive() for thread in made] == [False] * len(made)
    assert all(thread not in threading.enumerate() for thread in made)


def test_thread_that_never_had_a_turn_is_not_alive_afterwards():
    made = []

    def body():
        made.append(Thread(target=int, daemon=True))
        made[-1].start()

    run(body)
    for thread in made:
        thread.join(5)

    assert [thread.is_alive() for thread in made] == [False] * len(made)


def test_execution_that_runs_out_of_steps_can_be_followed_by_others():
    def body():
        done = []
        thread = Thread(target=lambda: done.append(1))
        thread.start()
        while not done:
            pass
        thread.join()
        return "done"

    assert type(run(body, max_steps=50).outcome) is OutOfSteps  # before it gives up its turn
    assert run(body, Interleaving.parse("T0@20>T1"), max_steps=500).outcome == Returned("done")


def test_deep_recursion_in_a_task_is_the_tasks_own():
    def body():
        def recurse():
            recurse()

        found = []

        def work():
            try:
                recurse()
            except RecursionError as error:
                found.append(type(error))

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    assert run(body).result() == [RecursionError, RecursionError]


def test_threads_that_nobody_joined_are_named():
    def body():
        cell = []
        joined = Thread(target=cell.append, args=(2,), name="joined")
        joined.start()
        joined.join()
        Thread(target=Event().wait, name="waiting", daemon=True).start()
        Thread(target=cell.append, args=(1,), name="forgotten").start()

    assert set(explore(body, executions=5).unjoined) >= {"forgotten", "waiting"}
    assert "joined" not in explore(body, executions=5).unjoined


def test_finalizers_of_what_was_ended_by_force_take_no_real_time():
    class Patient:
        def __del__(self):
            times.append(time.monotonic())
            time.sleep(3600)

    class Started(threading.Thread):
        def __init__(self):
            super().__init__(target=threading.Event().wait)
            self.kept = Patient()

    def body():
        Started().start()
        threading.Lock().acquire()
        threading.Event().wait()

    times = []
    for _ in range(2):
        assert explore(body, executions=3, stop_at_failure=False).verdict == "violated"

    assert times
    assert max(times) < 2_000  # virtual: it begins with 1,000 seconds
