"""Whatever happens in an exploration: the process is afterwards as it was before."""

import _thread
import builtins
import gc
import importlib
import logging
import os
import queue
import random
import select
import selectors
import signal
import sys
import tempfile
import textwrap
import threading
import time
import warnings
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import thread as pools
from contextlib import suppress
from threading import Lock, Thread

import greenlet
import pytest

import harness.twin
from harness import InconclusiveError, Interleaving, check, execution, explore, replay, run
from harness.control.environment import rebinding
from harness.control.observing.observer import Observer
from harness.control.primitives import condition, local
from harness.control.primitives.twins import twins_in_use
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.watchdog import watchdog
from harness.errors import UsageError
from harness.instrument import installation
from harness.instrument.installation import Installation
from harness.search.pct import Pct

MODULES = (
    *(threading, _thread, time, queue, os, random, builtins, importlib, harness.twin, signal),
    *(pools, logging, select, selectors, tempfile, warnings),
)
CLASSES = (
    *(threading.Thread, threading.Condition, threading.Event, threading.Semaphore),
    *(threading.BoundedSemaphore, threading.Barrier, threading.Timer, threading.local),
    *(queue.Queue, queue.SimpleQueue, random.Random, ThreadPoolExecutor, Future),
    *(selectors.SelectSelector, selectors.PollSelector, selectors.DefaultSelector),
)
EARLY_LOCK = Lock()
EARLY_CONDITION = threading.Condition()
EARLY_EVENT = threading.Event()
EARLY_THREAD = Thread(target=int, name="early")
EARLY_LOCAL = threading.local()
EARLY_LOCAL.value = "before"
EARLY = (EARLY_LOCK, EARLY_CONDITION, EARLY_EVENT, EARLY_THREAD)


class OwnLocal(threading.local):
    """Be a class whose `__new__` the harness looks after."""


TOTAL = 0


class Counter:
    made = 0

    def __init__(self):
        self.value = 0

    def increment(self):
        self.value = self.value + 1

    def add(self):
        self.value += 1


def in_two_threads(work):
    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def passing():
    global TOTAL
    lock, counter = Lock(), Counter()
    Counter.made += 1

    def work():
        global TOTAL
        with lock, EARLY_LOCK, EARLY_CONDITION:
            counter.increment()
            TOTAL += 1
            EARLY_LOCAL.value = "thread"
            OwnLocal().value = 1
            random.random()

    EARLY_THREAD.start()
    in_two_threads(work)
    EARLY_THREAD.join()
    EARLY_EVENT.set()
    EARLY_LOCAL.value = "body"
    assert counter.value == 2


def failing():
    counter = Counter()
    in_two_threads(counter.increment)
    assert counter.value == 2, counter.value


def failing_in_a_thread():
    def fail():
        with EARLY_LOCK:
            raise LookupError

    threading.excepthook = lambda args: None
    in_two_threads(fail)


def failing_in_a_pool():
    counter = Counter()
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(counter.increment) for _ in range(2)]
        assert not all(future.result() is None for future in futures)


def deadlocking():
    other = Lock()

    def one():
        with EARLY_LOCK, other:
            pass

    def two():
        with other, EARLY_LOCK:
            pass

    threads = [Thread(target=work) for work in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def endless():
    done = []
    threading.Thread(target=lambda: done or time.sleep(1), daemon=True).start()
    while not done:
        with EARLY_CONDITION:
            EARLY_CONDITION.wait(0.1)


def interrupted():
    def work():
        with EARLY_LOCK:
            signal.raise_signal(signal.SIGINT)

    in_two_threads(work)


def changing_everything_itself():
    threading.excepthook = print
    threading.Thread.extra = 1
    time.extra = 2
    in_two_threads(int)


def snapshot():
    """Return everything that the harness touches, so that two snapshots can be compared."""
    functions = {
        f"{module}.{name}": value.__code__
        for module, namespace in (
            (__name__, globals()),
            ("Counter", vars(Counter)),
            ("counters", vars(sys.modules["harness.counters"]))
            if "harness.counters" in sys.modules
            else ("", {}),
        )
        for name, value in namespace.items()
        if hasattr(value, "__code__")
    }
    return {
        **{module.__name__: dict(vars(module)) for module in MODULES},
        **{f"class {kind.__qualname__}": dict(vars(kind)) for kind in CLASSES},
        "class OwnLocal": dict(vars(OwnLocal)),
        "globals": {name: value for name, value in globals().items() if name != "__builtins__"},
        "class Counter": dict(vars(Counter)),
        "codes": functions,
        "early": [dict(vars(kept)) for kept in EARLY if hasattr(kept, "__dict__")],
        "early lock": (EARLY_LOCK.locked(), repr(EARLY_CONDITION._lock).split()[0]),
        "early local": dict(vars(EARLY_LOCAL)),
        "excepthook": threading.excepthook,
        "hooks": (sys.excepthook, sys.gettrace(), sys.getprofile(), threading.gettrace()),
        "switch interval": sys.getswitchinterval(),
        "signals": {
            number: signal.getsignal(number)
            for number in signal.valid_signals()
            if number not in (signal.SIGKILL, signal.SIGSTOP)
        },
        "gc": (gc.isenabled(), gc.get_threshold()),
        "random": random.getstate(),
        "active": dict(threading._active),
        "names": threading._counter.__reduce__()
        if hasattr(threading._counter, "__reduce__")
        else None,
        "thread count": (threading.active_count(), _thread._count()),
        "recursion limit": sys.getrecursionlimit(),
        "scheduler": (
            running.ident,
            running.thread_ident,
            running.before_end,
            running.before_switch,
        ),
        "kept": (twins_in_use(), len(condition._adopted), len(local.locals_._entries)),
        "rebound": (len(rebinding.rebound.sites), len(rebinding.rebound._names)),
        "import": (builtins.__import__, builtins.exec, sys.meta_path[:], sys.path_hooks[:]),
    }


def difference(before, after):
    found = []
    for part, old in before.items():
        new = after[part]
        if old is new or old == new:
            continue
        if isinstance(old, dict):
            for key in {*old, *new}:
                if old.get(key, "absent") is not new.get(key, "absent") and old.get(key) != new.get(
                    key
                ):
                    found.append((part, key, old.get(key, "absent"), new.get(key, "absent")))
        else:
            found.append((part, old, new))
    return found


@pytest.fixture
def unchanged():
    """Compare before and after, in the test itself."""
    random.seed(1)
    before = snapshot()

    def compare():
        return difference(before, snapshot())

    return compare


BODIES = {
    "passing": (passing, "no failure found"),
    "failing": (failing, "violated"),
    "failing in a pool": (failing_in_a_pool, "violated"),
    "failing in a thread": (failing_in_a_thread, "violated"),
    "deadlocking": (deadlocking, "violated"),
    "out of steps": (endless, "violated"),
}


@pytest.mark.parametrize("search", ["auto", "random", "pct", "exhaustive"])
@pytest.mark.parametrize("name", BODIES)
def test_exploration_leaves_no_trace(unchanged, name, search):
    body, verdict = BODIES[name]

    exploration = explore(body, search=search, executions=100, max_steps=1_000)
    searched_enough = search != "exhaustive" or verdict != "violated"
    covers_all = name == "passing" and search in ("auto", "exhaustive")
    expected = "holds" if covers_all else verdict

    assert exploration.verdict == expected or not searched_enough, exploration.reason
    assert unchanged() == []


@pytest.mark.parametrize("name", BODIES)
def test_run_leaves_no_trace(unchanged, name):
    run(BODIES[name][0], Interleaving.parse("T0@3>T1"), max_steps=1_000)

    assert unchanged() == []


def test_check_and_replay_leave_no_trace(unchanged):
    with pytest.raises(AssertionError) as caught:
        check(failing, executions=20)
    token = caught.value.harness_failure.token
    replay(failing, token)
    del caught

    assert unchanged() == []


def test_refused_arguments_leave_no_trace(unchanged):
    for mistake in (
        {"search": "x"},
        {"instrument": "json"},
        {"max_steps": 0},
        {"instrument": ("no_such",)},
    ):
        with pytest.raises(UsageError):
            explore(passing, **mistake)
    with pytest.raises(InconclusiveError):
        check(int)

    assert unchanged() == []


def test_thirty_failing_explorations_leave_no_trace(unchanged):
    for _ in range(30):
        explore(failing, executions=5)

    assert unchanged() == []
    assert running.ident == 0


@pytest.mark.thorough
@pytest.mark.timeout(600)
def test_thousand_failing_explorations_leave_no_trace(unchanged):
    for _ in range(250):
        for body in (failing, failing_in_a_thread, deadlocking, failing_in_a_pool):
            assert explore(body, executions=20).verdict == "violated"

    assert unchanged() == []


def test_no_greenlet_outlives_its_use():
    """Of a failure that the GIL prevents, too: all is tried to reach it there."""

    def body():
        counter = Counter()
        in_two_threads(counter.add)
        assert counter.value == 2

    def greenlets():
        gc.collect()
        return sum(type(candidate) is greenlet.greenlet for candidate in gc.get_objects())

    explore(body)
    before = greenlets()
    for _ in range(5):
        assert explore(body).failure is not None

    assert greenlets() <= before


def keeps_code_for_ever():
    """Say whether it does, as 3.13 without a GIL from the start of the first thread on."""
    namespace = {}
    exec("def made(): pass", namespace)
    code = weakref.ref(namespace.pop("made").__code__)
    gc.collect()
    return code() is not None


def test_programs_that_are_gone_are_forgotten(monkeypatch):
    """A session of many tests must not keep what was made for each of them."""
    monkeypatch.setattr(installation, "_MOST_UNUSED", 2)

    def explored(number):
        """Explore a program that only this function knows, and return what dies with it."""
        source = textwrap.dedent(f"""
            import threading

            def work():
                return {number}

            def body():
                threads = [threading.Thread(target=work) for _ in range(2)]
                for thread in threads: thread.start()
                for thread in threads: thread.join()
                assert threads == {number}
        """)
        gc.collect()  # the programs before, whose functions know their globals
        namespace = {}
        exec(compile(source, f"program_{number}.py", "exec"), namespace)
        assert explore(namespace["body"]).failure is not None
        return weakref.ref(namespace["body"].__code__)

    codes = [explored(number) for number in range(6)]

    if keeps_code_for_ever():
        pytest.skip("this interpreter frees no code")
    assert codes[0]() is None


@pytest.mark.thorough
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", ["passing", "failing in a pool"])
def test_memory_stays_flat_over_many_executions(name):
    body = BODIES[name][0]
    executions = 100_000 if name == "passing" else 10_000

    def grow(count):
        explore(body, search="random", executions=count, stop_at_failure=False, seed=count)
        gc.collect()
        return len(gc.get_objects())

    grow(executions // 100)
    before = grow(executions // 100)
    after = grow(executions)

    assert after <= before + 1_000


FAULTS = {
    "a search": (Pct, "choose"),
    "an observer": (Observer, "synchronize"),
    "the look at who waits": (execution.World, "_look_before_the_end"),
    "the outcome": (execution.World, "_outcome"),
    "the code search": (Installation, "look_for_code"),
    "putting hooks in": (Installation, "install"),
    "the locals": (local.Locals, "exchange"),
    "the watchdog": (type(watchdog), "begin"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_of_the_harness_itself_leaves_no_trace(unchanged, fault):
    class Fault(Exception):
        """Be an exception that nobody else raises."""

    def fail(*_, **__):
        raise Fault

    owner, name = FAULTS[fault]
    body = deadlocking if fault == "the look at who waits" else passing
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, fail)
        with suppress(Fault):  # in a task it counts as the task's own
            explore(body, search="pct", executions=5)

    assert unchanged() == []
    assert explore(failing, executions=20).verdict == "violated"


@pytest.mark.parametrize(
    "verb",
    [run, explore, check, lambda body: explore(body, search="random")],
    ids=["run", "explore", "check", "random"],
)
def test_ctrl_c_in_a_task_passes_through_and_leaves_no_trace(unchanged, verb):
    with pytest.raises(KeyboardInterrupt):
        verb(interrupted)

    assert unchanged() == []
    assert explore(failing, executions=20).verdict == "violated"


def test_ctrl_c_in_the_body_passes_through_and_leaves_no_trace(unchanged):
    def body():
        in_two_threads(int)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        explore(body)

    assert unchanged() == []


def test_ctrl_c_cannot_be_swallowed_by_the_body(unchanged):
    def body():
        in_two_threads(int)
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return

    with pytest.raises(KeyboardInterrupt):
        explore(body)

    assert unchanged() == []


# A moment may be outside of the exploration, in a callback of the collector that Hypothesis has.
LOST_IN_A_CALLBACK = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def check_ctrl_c_at_many_moments(unchanged, body, carrier, moments):
    """Explore under a real timer that rings ever later, and compare each time."""

    def explored():
        began = time.perf_counter()
        explore(body, search="random", executions=3, carrier=carrier)
        return time.perf_counter() - began

    def ring(number, frame):
        if armed:
            armed.clear()
            raise KeyboardInterrupt

    seconds = min(explored() for _ in range(5))
    before = signal.signal(signal.SIGALRM, ring)
    armed = []
    first = unchanged()
    interrupted = 0
    try:
        for moment in range(moments):
            try:
                armed.append(True)
                signal.setitimer(signal.ITIMER_REAL, (moment + 1) / moments * seconds)
                explored()
                armed.clear()
            except KeyboardInterrupt:
                interrupted += 1
            assert unchanged() == first, moment
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted


@LOST_IN_A_CALLBACK
@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
@pytest.mark.parametrize("body", [passing, failing, deadlocking])
def test_ctrl_c_at_any_moment_leaves_no_trace(unchanged, body, carrier):
    check_ctrl_c_at_many_moments(unchanged, body, carrier, 20)


@pytest.mark.thorough
@LOST_IN_A_CALLBACK
@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
@pytest.mark.parametrize("body", [passing, failing, deadlocking])
def test_ctrl_c_at_very_many_moments_leaves_no_trace(unchanged, body, carrier):
    check_ctrl_c_at_many_moments(unchanged, body, carrier, 500)


def test_exception_of_another_signal_handler_passes_through(unchanged):
    class TimeIsUp(BaseException):
        """Be what a test runner's alarm raises."""

    def ring(number, frame):
        raise TimeIsUp

    def body():
        in_two_threads(lambda: signal.raise_signal(signal.SIGALRM))

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with pytest.raises(TimeIsUp):
            explore(body)
        assert signal.getsignal(signal.SIGALRM) is ring
    finally:
        signal.signal(signal.SIGALRM, before)

    assert unchanged() == []


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
def test_ctrl_c_in_another_signal_handler_passes_through(unchanged, carrier):
    def ring(number, frame):
        signal.raise_signal(signal.SIGINT)

    def body():
        in_two_threads(lambda: signal.raise_signal(signal.SIGALRM))

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with pytest.raises(KeyboardInterrupt):
            explore(body, carrier=carrier)
    finally:
        signal.signal(signal.SIGALRM, before)

    assert unchanged() == []


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, SystemExit, GeneratorExit], ids=lambda kind: kind.__name__
)
def test_base_exception_that_a_task_raises_itself_leaves_no_trace(unchanged, error):
    def body():
        def fail():
            raise error

        in_two_threads(fail)

    run(body)

    assert unchanged() == []


def test_threads_are_real_again_after_an_exploration():
    run(deadlocking)
    idents, done = [], threading.Event()

    def work():
        idents.append(threading.get_ident())
        done.set()

    thread = Thread(target=work)
    thread.start()
    assert done.wait(10)
    thread.join()

    assert idents == [thread.ident]
    assert idents[0] != threading.get_ident()
