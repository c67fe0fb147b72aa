"""Modules out of scope captured locks and clocks early, too: they are exchanged where they stand.

`package` stands for an installed package: its code gets no switch points, so nothing on its stack
is exchanged.
"""

import functools
import logging
import sched
import sys
import textwrap
import threading
import time
from threading import Thread

import pytest

from harness import Returned, UsageError, explore, run

PACKAGE = """
    import time
    from _thread import RLock as CRLock, allocate_lock, get_ident, start_new_thread
    from functools import partial
    from queue import SimpleQueue
    from threading import Lock, RLock, local
    from time import monotonic, sleep as pause

    LOCK, RLOCK = Lock(), RLock()
    ORIGINALS = (Lock, monotonic, pause, get_ident, local, SimpleQueue)

    class Guarded:
        lock = RLock()
        clock = monotonic

        def __init__(self):
            self.own = Lock()

        def run(self, work):
            with self.lock:
                return work()

        def run_own(self, work):
            with self.own:
                return work()

    GUARDED = Guarded()

    def with_lock(work):
        with LOCK:
            return work()

    def with_rlock(work):
        RLOCK.acquire()
        try:
            return work()
        finally:
            RLOCK.release()

    def with_new_lock(made=None):
        return Lock()

    def wait(seconds, how=pause, *, clock=time.monotonic):
        before = clock()
        how(seconds)
        return clock() - before
"""
PLACES = {
    "global": lambda package: package.with_lock,
    "global RLock": lambda package: package.with_rlock,
    "class": lambda package: package.GUARDED.run,
    "object": lambda package: package.GUARDED.run_own,
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "outside.py").write_text(textwrap.dedent(PACKAGE))
    monkeypatch.syspath_prepend(folder)
    import outside

    yield outside
    del sys.modules["outside"]


def in_two_threads(work):
    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("place", PLACES)
def test_lock_of_a_module_out_of_scope_excludes(world, package, place):
    def body():
        inside, most = [], []

        def work():
            inside.append(1)
            most.append(len(inside))
            inside.pop()

        in_two_threads(lambda: PLACES[place](package)(work))
        return most

    assert world(body) == [1, 1]


def test_constructor_captured_out_of_scope_makes_controlled_locks(world, package):
    def body():
        lock = package.with_new_lock()
        lock.acquire()
        thread = Thread(target=lock.release)
        thread.start()
        with lock:
            thread.join()
        return lock.locked()

    assert world(body) is False


def test_clocks_captured_out_of_scope_are_virtual(package):
    def body():
        passed = package.wait(3600), package.Guarded.clock() > 0, package.GUARDED.clock() > 0
        return round(passed[0]), passed[1], passed[2]

    assert run(body).result() == (3600, True, True)


def test_module_is_afterwards_as_it_was(package):
    holders = (package, package.Guarded, package.GUARDED)
    before = [dict(vars(holder)) for holder in holders]
    defaults = package.wait.__defaults__, dict(package.wait.__kwdefaults__)

    explore(lambda: in_two_threads(lambda: package.with_lock(int)), executions=5)

    assert [dict(vars(holder)) for holder in holders] == before
    assert (package.wait.__defaults__, package.wait.__kwdefaults__) == defaults


def test_lock_that_somebody_outside_holds_is_refused_by_name(package):
    with package.LOCK, pytest.raises(UsageError, match="is held by code outside the exploration"):
        run(lambda: package.LOCK.acquire())


def test_other_threads_go_on_with_the_real_lock(package):
    real, seen = package.LOCK, []
    go, done = threading.Lock(), threading.Lock()
    go.acquire()
    done.acquire()

    def outside():
        while True:
            go.acquire()
            if "end" in seen:
                return
            with package.LOCK:
                seen.append((type(package.LOCK) is not type(real), real.locked()))
            done.release()

    def body():
        real_release(go)
        real_acquire(done)

    real_release, real_acquire = type(go).release, type(go).acquire
    thread = Thread(target=outside)
    thread.start()
    try:
        run(body)
    finally:
        seen.append("end")
        go.release()
        thread.join()

    assert set(seen) == {(True, True), "end"}


# The standard library's own -----------------------------------------------------------------


class Overlap(logging.Handler):
    """Be a handler that notices when two threads are inside it."""

    def __init__(self):
        super().__init__()
        self.inside, self.most = 0, []

    def emit(self, record):
        self.inside += 1
        self.most.append(self.inside)
        time.sleep(0)
        self.inside -= 1


HANDLER, LOGGER = Overlap(), logging.getLogger("early")
LOGGER.addHandler(HANDLER)
LOGGER.setLevel(logging.INFO)


@pytest.mark.parametrize("early", [True, False])
def test_logging_from_two_threads_excludes(world, early):
    def body():
        handler, logger = (HANDLER, LOGGER) if early else (Overlap(), logging.getLogger("late"))
        handler.most.clear()
        if not early:
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
        in_two_threads(lambda: logger.info("hello"))
        if not early:
            logger.removeHandler(handler)
        return handler.most

    assert world(body) == [1, 1]


def test_messages_of_two_threads_reach_pytest(caplog):
    def body():
        in_two_threads(lambda: LOGGER.info("hello"))

    with caplog.at_level(logging.INFO):
        assert run(body).outcome == Returned(None)

    assert {record.threadName for record in caplog.records} >= {
        f"Thread-{number} (<lambda>)" for number in (1, 2)
    }


def test_sched_runs_in_virtual_time():
    def body():
        scheduler, ran = sched.scheduler(), []
        scheduler.enter(7200, 1, ran.append, ("later",))
        scheduler.enter(3600, 1, ran.append, ("sooner",))
        thread = Thread(target=scheduler.run)
        thread.start()
        thread.join()
        return ran

    assert run(body).result() == ["sooner", "later"]


def test_sched_runs_events_in_order(world):
    def body():
        scheduler, ran = sched.scheduler(), []
        for delay in (0.002, 0.001):
            scheduler.enter(delay, 1, ran.append, (delay,))
        scheduler.run()
        return ran

    assert world(body) == [0.001, 0.002]


class Lazy:
    """Have a cached property, whose descriptor has a lock on Python 3.11."""

    def __init__(self):
        self.computed = 0

    @functools.cached_property
    def value(self):
        time.sleep(0)
        self.computed += 1
        return 7


@functools.lru_cache
def squared(number):
    return number * number


def test_cached_values_are_the_same_for_every_thread(world):
    def body():
        lazy, seen = Lazy(), []
        squared.cache_clear()
        in_two_threads(lambda: seen.append((lazy.value, squared(3))))
        return seen, lazy.computed == 1 or sys.version_info >= (3, 12)

    assert world(body) == ([(7, 9), (7, 9)], True)
