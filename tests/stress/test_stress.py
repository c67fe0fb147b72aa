"""The stress runner, on real threads. Nothing here depends on who comes first."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from importlib import import_module
from typing import Any, NoReturn

import pytest

from harness.control.scheduling.scheduler import running
from harness.counters import LockedCounter, count
from harness.errors import UsageError
from harness.exploring import run
from harness.outcome import Location, Outcome, Raised, Returned, Stuck
from harness.stressing import Stress, stress
from harness.switch_interval import forced_switch_interval

PATIENCE = 10.0  # seconds until a test that hangs fails instead

PATCHED = (
    (threading.Thread, "start"),
    (threading.Thread, "join"),
    (threading.Thread, "run"),
    (threading.Condition, "wait"),
)


class Boom(Exception):
    """Be an exception that nobody else raises."""


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    def world() -> list[object]:
        return [
            sys.getswitchinterval(),
            threading.excepthook,
            *(owner.__dict__[name] for owner, name in PATCHED),
        ]

    before = world()
    yield
    assert world() == before


@pytest.fixture
def only_the_body_opens_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("harness.stressing")  # `harness.stress` is the function of that name
    monkeypatch.setattr(module, "_PATIENCE", PATIENCE)


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Let what a test has hung go on when it is over."""
    event = threading.Event()
    yield event
    event.set()


def fail(exception: BaseException) -> NoReturn:
    raise exception


def line_of_fail() -> Location:
    return Location(fail.__code__.co_filename, fail.__code__.co_firstlineno + 1)


def start(target: Callable[..., object], *args: object, **options: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, **options)
    thread.start()
    return thread


def only_outcome(result: Stress) -> Outcome:
    (outcome,) = result.outcomes
    assert result.outcomes[outcome] == result.repeats
    return outcome


# Outcomes ----------------------------------------------------------------------------------------


def test_a_correct_body_always_returns():
    result = stress(lambda: count(LockedCounter, 3, 50), repeats=5)

    assert result.outcomes == {Returned(150): 5}
    assert result.failure_rate == 0.0
    assert result.repeats == 5
    assert result.seconds > 0


def test_each_repeat_counts_and_the_most_frequent_outcome_stands_first():
    calls: list[int] = []

    def body() -> str:
        calls.append(1)
        if len(calls) == 1:
            fail(Boom("only once"))
        return "fine"

    result = stress(body, repeats=4)

    assert list(result.outcomes.items()) == [
        (Returned("fine"), 3),
        (Raised(Boom("only once"), 0, line_of_fail()), 1),
    ]
    assert result.failure_rate == 0.25


def test_what_the_body_raises_is_task_0s():
    outcome = only_outcome(stress(lambda: fail(Boom("here")), repeats=2))

    assert outcome == Raised(Boom("here"), 0, line_of_fail())
    assert isinstance(outcome, Raised)
    assert outcome.task == 0


def test_what_a_thread_raises_is_its_tasks():
    def body() -> None:
        start(int).join()
        start(fail, Boom("in a thread")).join()

    outcome = only_outcome(stress(body, repeats=2))

    assert outcome == Raised(Boom("in a thread"), 2, line_of_fail())
    assert isinstance(outcome, Raised)
    assert outcome.task == 2


def test_the_first_exception_in_time_comes_first():
    def body() -> None:
        start(fail, Boom("first")).join()
        fail(ValueError("second"))

    outcome = only_outcome(stress(body, repeats=1))

    assert isinstance(outcome, Raised)
    assert (outcome.task, str(outcome.exception)) == (1, "first")
    assert [(task, str(error)) for task, error in outcome.others] == [(0, "second")]


def test_a_thread_that_exits_is_silent():
    assert stress(lambda: start(sys.exit, 3).join(), repeats=1).outcomes == {Returned(None): 1}


def test_threads_of_threads_belong_to_the_body():
    def body() -> None:
        start(lambda: start(fail, Boom("deep")))

    outcome = only_outcome(stress(body, repeats=2))

    assert isinstance(outcome, Raised)
    assert outcome.task == 2


def test_threads_that_outlive_the_body_are_waited_for():
    ended: list[int] = []

    def body() -> None:
        first = start(int)
        start(lambda: (first.join(), ended.append(1)))

    stress(body, repeats=3)

    assert ended == [1, 1, 1]


def test_daemons_are_not_waited_for(released):
    def body() -> bool:
        return start(released.wait, PATIENCE, daemon=True).daemon

    assert stress(body, repeats=2).outcomes == {Returned(True): 2}


def test_the_program_sees_no_daemons_of_ours():
    def body() -> list[bool]:
        inherited = [threading.current_thread().daemon]
        thread = start(lambda: inherited.append(threading.Thread().daemon))
        inherited.append(thread.daemon)
        thread.join()
        return inherited

    assert only_outcome(stress(body, repeats=1)) == Returned([False] * 3)


def test_a_thread_class_keeps_its_own_run_and_join():
    class Worker(threading.Thread):
        error: BaseException | None = None

        def run(self) -> None:
            try:
                fail(Boom("kept"))
            except Boom as error:
                self.error = error

        def join(self, timeout: float | None = None) -> None:
            super().join(timeout)
            if self.error is not None:
                raise self.error

    def body() -> bool:
        worker = Worker()
        worker.start()
        with pytest.raises(Boom):
            worker.join()
        return "run" in worker.__dict__

    assert stress(body, repeats=2).outcomes == {Returned(False): 2}


def test_a_thread_cannot_be_started_twice():
    def body() -> None:
        thread = start(int)
        with pytest.raises(RuntimeError, match="once"):
            thread.start()
        thread.join()

    assert only_outcome(stress(body, repeats=2)) == Returned(None)


def test_a_hook_of_the_programs_own_is_called(monkeypatch):
    caught: list[object] = []

    def body() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(threading, "excepthook", lambda args: caught.append(args.exc_type))
            start(fail, Boom("caught")).join()

    outcome = only_outcome(stress(body, repeats=1))

    assert caught == [Boom]
    assert isinstance(outcome, Raised)


def test_executors_work():
    def body() -> list[int]:
        with ThreadPoolExecutor(2) as executor:
            return list(executor.map(abs, [-1, 2, -3]))

    assert only_outcome(stress(body, repeats=3)) == Returned([1, 2, 3])


def test_the_body_sees_the_callers_context():
    setting = ContextVar("setting", default="none")
    token = setting.set("caller's")
    try:
        result = stress(setting.get, repeats=1)
    finally:
        setting.reset(token)

    assert result.outcomes == {Returned("caller's"): 1}


def test_it_may_be_called_on_another_thread():
    results: list[Stress] = []

    start(lambda: results.append(stress(lambda: start(int).join(), repeats=2))).join(PATIENCE)

    assert only_outcome(results[0]) == Returned(None)


# Hangs -------------------------------------------------------------------------------------------


def test_a_deadlock_is_stuck(released):
    def hang() -> None:
        released.wait(PATIENCE)

    def body() -> None:
        thread = threading.Thread(target=hang)
        thread.start()
        thread.join()

    result = stress(body, repeats=2, seconds=0.5)

    outcome = only_outcome(result)
    assert isinstance(outcome, Stuck)
    file = os.path.basename(__file__)
    assert outcome.where == (
        f"T0 (the body) at {shown(file, body, 3)}, T1 (hang) at {shown(file, hang, 1)}"
    )
    assert result.failure_rate == 1.0


def shown(file: str, function: Callable[..., object], offset: int) -> str:
    code = function.__code__
    path = os.path.join(os.path.relpath(os.path.dirname(__file__)), file)
    return f"{path}:{code.co_firstlineno + offset} in {code.co_qualname}"


def test_threads_left_behind_are_daemons_and_named(released):
    def body() -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="worker") as executor:
            executor.submit(released.wait, PATIENCE)

    stress(body, repeats=1, seconds=0.5)

    left = {thread for thread in threading.enumerate() if "hypothread stress" in thread.name}
    assert {(thread.name, thread.daemon) for thread in left} == {
        ("hypothread stress 1", True),
        ("hypothread stress 1: worker_0", True),
    }
    released.set()
    for thread in left:
        thread.join(PATIENCE)


def test_the_same_hang_is_the_same_outcome_whatever_numbers_python_gives(released):
    class Worker(threading.Thread):
        def run(self) -> None:
            released.wait(PATIENCE)

    def body() -> None:
        Worker().start()
        start(released.wait, PATIENCE, name="mine")
        with ThreadPoolExecutor(1) as executor:
            executor.submit(released.wait, PATIENCE)

    outcome = only_outcome(stress(body, repeats=2, seconds=0.5))

    assert isinstance(outcome, Stuck)
    titles = [part.partition(" at ")[0] for part in outcome.where.split(", ")]
    assert titles == ["T0 (the body)", "T1 (Worker)", "T2 (mine)", "T3 (ThreadPoolExecutor_0)"]


def test_an_exception_explains_the_hang_that_it_causes(released):
    def body() -> None:
        start(fail, Boom("holding the lock")).join()
        released.wait(PATIENCE)

    outcome = only_outcome(stress(body, repeats=1, seconds=0.5))

    assert outcome == Raised(Boom("holding the lock"), 1, line_of_fail())


# The gate ----------------------------------------------------------------------------------------


def events_of(open_gate: Callable[[list[threading.Thread]], object]) -> object:
    """Return what happens, in order, in a body that starts two threads and then opens the gate."""

    def body() -> list[str]:
        events: list[str] = []
        threads = []
        for _ in range(2):
            threads.append(start(events.append, "ran"))
            events.append("started")
        open_gate(threads)
        for thread in threads:
            thread.join()
        return events

    return only_outcome(stress(body, repeats=3))


@pytest.mark.usefixtures("only_the_body_opens_the_gate")
@pytest.mark.parametrize(
    "open_gate",
    [
        pytest.param(lambda threads: threads[0].join(), id="join"),
        pytest.param(lambda threads: threads[1].join(0), id="join with a timeout"),
        pytest.param(lambda threads: threading.Event().wait(0.001), id="event"),
        pytest.param(lambda threads: threading.Semaphore(0).acquire(timeout=0.001), id="semaphore"),
    ],
)
def test_threads_run_when_the_body_waits(open_gate):
    assert events_of(open_gate) == Returned(["started", "started", "ran", "ran"])


@pytest.mark.usefixtures("only_the_body_opens_the_gate")
def test_threads_run_when_the_body_waits_for_an_event_of_theirs():
    def body() -> bool:
        event = threading.Event()
        start(event.set)
        return event.wait(PATIENCE / 2)

    assert only_outcome(stress(body, repeats=2)) == Returned(True)


@pytest.mark.usefixtures("only_the_body_opens_the_gate")
@pytest.mark.parametrize("end", [int, lambda: fail(Boom("end"))], ids=["returns", "raises"])
def test_threads_run_when_the_body_ends(end):
    events: list[str] = []

    def body() -> None:
        thread = start(lambda: events.append("ran"))
        events.append("started" if thread.is_alive() else "ended")
        end()

    stress(body, repeats=2)

    assert events == ["started", "ran"] * 2


@pytest.mark.usefixtures("only_the_body_opens_the_gate")
def test_what_does_not_wait_opens_no_gate():
    def look(threads: list[threading.Thread]) -> None:
        free = threading.Semaphore()
        assert free.acquire()
        assert not free.acquire(timeout=0)
        is_set = threading.Event()
        is_set.set()
        assert is_set.wait()
        assert all(thread.is_alive() for thread in threads)

    assert events_of(look) == Returned(["started", "started", "ran", "ran"])


def test_threads_run_at_last_when_the_body_blocks_in_c():
    def body() -> None:
        lock = threading.Lock()
        lock.acquire()
        start(lock.release)
        assert lock.acquire(timeout=PATIENCE)

    assert only_outcome(stress(body, repeats=2)) == Returned(None)


def test_other_threads_know_no_gate(released):
    """A thread of the test's own starts another one while the stress runs."""
    events: list[str] = []
    go, gone = threading.Event(), threading.Event()

    def outsider() -> None:
        go.wait(PATIENCE)
        start(events.append, "ran").join(PATIENCE)
        gone.set()

    def body() -> None:
        go.set()
        gone.wait(PATIENCE)

    thread = start(outsider)
    stress(body, repeats=1)
    thread.join(PATIENCE)

    assert events == ["ran"]


# Leaving -----------------------------------------------------------------------------------------


def test_an_interrupt_that_the_body_raises_passes_through(released):
    def body() -> None:
        start(released.wait, PATIENCE)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stress(body)

    stress(int, repeats=1)


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends the process there")
def test_ctrl_c_passes_through(released):
    def body() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        released.wait(PATIENCE)

    with pytest.raises(KeyboardInterrupt):
        stress(body)

    stress(int, repeats=1)


# The switch interval -----------------------------------------------------------------------------


def test_the_switch_interval_is_in_force():
    result = stress(sys.getswitchinterval, switch_interval=1.5e-5, repeats=2)

    assert only_outcome(result) == Returned(result.switch_interval)
    assert result.switch_interval == pytest.approx(1.5e-5)


@pytest.mark.parametrize("microseconds", [1, 15, 19, 25, 5_000, 123_457])
def test_the_interval_before_is_restored_to_the_digit(microseconds):
    with forced_switch_interval(microseconds / 1e6) as before:
        assert round(before * 1e6) == microseconds
        with forced_switch_interval(1e-6) as inner:
            assert sys.getswitchinterval() == inner == 1e-6

        assert sys.getswitchinterval() == before


def test_less_than_a_microsecond_is_one():
    with forced_switch_interval(1e-9) as in_force:
        assert in_force == 1e-6


def test_the_interval_is_restored_after_an_error():
    before = sys.getswitchinterval()

    with pytest.raises(Boom), forced_switch_interval(1e-6):
        fail(Boom())

    assert sys.getswitchinterval() == before


@pytest.mark.parametrize(
    "value", [0, -1e-6, True, float("nan"), float("inf"), 1001, "1e-6", None, 1j]
)
def test_a_bad_interval_is_named(value):
    message = (
        f"switch_interval={value!r}. Give a number of seconds, greater than 0 and up to 1,000, "
        "like 1e-6."
    )

    with pytest.raises(UsageError) as caught:
        forced_switch_interval(value)
    assert str(caught.value) == message
    with pytest.raises(UsageError) as caught:
        stress(int, switch_interval=value)
    assert str(caught.value) == message


# Usage -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, -1, True, 1.0, "3", None])
def test_a_bad_number_of_repeats_is_named(value):
    with pytest.raises(UsageError) as caught:
        stress(int, repeats=value)
    assert str(caught.value) == f"repeats={value!r}. Give a whole number, 1 or more."


@pytest.mark.parametrize("value", [0, -1, True, float("nan"), float("inf"), 10**400, "3", None])
def test_a_bad_number_of_seconds_is_named(value):
    with pytest.raises(UsageError) as caught:
        stress(int, seconds=value)
    assert str(caught.value) == (
        f"seconds={value!r}. Give the number of seconds that one repeat may take, greater than 0, "
        "like 10."
    )


async def coroutine_function() -> None:
    """Be a body of the wrong kind."""


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (3, "3, which cannot be called"),
        (coroutine_function, "is a coroutine function"),
        (lambda x: x, "needs arguments: x"),
    ],
)
def test_a_bad_body_is_named(body, problem):
    with pytest.raises(UsageError, match=problem):
        stress(body)


def test_it_does_not_nest():
    with pytest.raises(UsageError, match="while another stress run is going on"):
        stress(lambda: stress(int))


def test_it_does_not_run_inside_an_exploration():
    def body() -> None:
        with pytest.raises(UsageError, match="inside an exploration"):
            stress(int)

    run(body).result()

    assert not running.thread_ident


def test_an_exploration_does_not_run_inside_it():
    with pytest.raises(UsageError, match="Start it on the main thread"):
        stress(lambda: run(int))


# Text --------------------------------------------------------------------------------------------


def test_str_gives_a_line_for_each_outcome():
    location = Location("/a/b.py", 3)
    result = Stress(
        outcomes={
            Returned(40_000): 15,
            Raised(AssertionError("lost\nlong story"), 1, location): 4,
            Stuck("T0 (the body) at b.py:7 in body"): 1,
        },
        repeats=20,
        switch_interval=1e-6,
        seconds=1.0,
    )

    assert str(result) == (
        "15 of 20: returned 40000\n"
        " 4 of 20: T1 raised AssertionError: lost at /a/b.py:3\n"
        " 1 of 20: stuck, T0 (the body) at b.py:7 in body"
    )
    assert result.failure_rate == 0.25
