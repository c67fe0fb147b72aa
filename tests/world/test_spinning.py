"""A task that spins gives up its turn, and a program in which everybody spins ends."""

import os
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.resource_tracker import ensure_running
from threading import Condition, Event, Lock, Semaphore, Thread

import pytest

from harness import Interleaving, OutOfSteps, Returned, explore, run

try:
    import fcntl
except ImportError:
    fcntl = None

MANY_STEPS = 20_000  # far fewer than a loop without end takes


class Flag:
    def __init__(self):
        self.value = False
        self.lock = Lock()
        self.items = deque()
        self.event = Event()
        self.condition = Condition()
        self.semaphore = Semaphore(0)
        self.attempts = 0

    def is_set(self):
        with self.lock:
            return self.value


def spin_on_attribute(flag):
    while not flag.value:
        pass


def spin_counting_locally(flag):
    attempts = 0
    while not flag.value:
        attempts += 1


def spin_sleeping_for_nothing(flag):
    while not flag.value:
        time.sleep(0)


def spin_sleeping_shortly(flag):
    while not flag.value:
        time.sleep(0.001)


def spin_under_a_lock(flag):
    while True:
        with flag.lock:
            if flag.value:
                return


def spin_through_a_function(flag):
    while not flag.is_set():
        pass


def spin_on_a_container(flag):
    while len(flag.items) == 0:
        pass


def spin_on_an_event(flag):
    while not flag.event.is_set():
        pass


def spin_on_a_wait_of_no_time(flag):
    while not flag.event.wait(0):
        pass


def spin_on_a_condition(flag):
    with flag.condition:
        while not flag.value:
            flag.condition.wait(0)


def spin_trying_to_acquire(flag):
    while not flag.semaphore.acquire(blocking=False):
        pass


def spin_until_a_thread_ends(flag):
    while threading.active_count() > 1 and not flag.value:
        pass


class Attempt:
    def __init__(self, flag):
        self.flag = flag
        self.attempts = [flag.value]


def spin_making_an_object_for_each_attempt(flag):
    while not Attempt(flag).attempts[0]:
        pass


def spin_on_what_a_new_iterator_begins_with(flag):
    while not next(iter([flag.value])):
        pass


def spin_setting_a_variable_of_a_closure(flag):
    def has_come():
        value = flag.value
        return all(value for _ in range(1))

    while not has_come():
        pass


SPINS = [value for name, value in list(globals().items()) if name.startswith("spin_")]


def set_all(flag):
    with flag.condition, flag.lock:
        flag.value = True
    flag.items.append(1)
    flag.event.set()
    flag.semaphore.release()


def body_with(spin, *, before=0, threads=1):
    """Return a body whose own thread spins until another one has done its work."""

    def body():
        flag = Flag()

        def work():
            time.sleep(before)
            set_all(flag)

        workers = [Thread(target=work)]
        workers += [Thread(target=spin, args=(flag,)) for _ in range(threads - 1)]
        for worker in workers:
            worker.start()
        spin(flag)
        for worker in workers:
            worker.join()
        return "done"

    return body


@pytest.mark.parametrize("before", [0, 3600], ids=["at once", "after an hour"])
@pytest.mark.parametrize("spin", SPINS, ids=lambda spin: spin.__name__)
def test_task_that_spins_lets_others_run(spin, before):
    if before and spin is spin_sleeping_shortly:
        before = 1  # a thousand times, each in its time
    if before and spin is spin_on_a_condition:
        before = 0
    execution = run(body_with(spin, before=before), max_steps=MANY_STEPS)

    assert execution.outcome == Returned("done")
    assert execution.interleaving == Interleaving()


@pytest.mark.parametrize("search", ["auto", "random", "pct"])
@pytest.mark.parametrize("spin", [spin_on_attribute, spin_under_a_lock, spin_on_an_event])
def test_search_copes_with_tasks_that_spin(spin, search):
    exploration = explore(
        body_with(spin, threads=3), search=search, executions=20, max_steps=MANY_STEPS
    )

    assert exploration.verdict == "no failure found", exploration.reason
    assert list(exploration.outcomes) == [Returned("done")]


def test_execution_with_spinning_tasks_is_repeated_by_its_interleaving():
    seen = set()

    def body():
        flag = Flag()
        order = []

        def work():
            flag.attempts += 1
            order.append(flag.attempts)
            flag.value = True

        def wait(name):
            spin_on_attribute(flag)
            order.append(name)

        threads = [Thread(target=wait, args=(name,)) for name in "ab"] + [Thread(target=work)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seen.add(tuple(order))
        return tuple(order)

    exploration = explore(body, search="random", executions=30, max_steps=MANY_STEPS)

    assert len(exploration.outcomes) > 1
    for outcome, witness in exploration.outcomes.items():
        again = run(body, witness.interleaving, max_steps=MANY_STEPS)
        assert (again.outcome, again.interleaving) == (outcome, witness.interleaving)


def test_busy_wait_for_a_time_ends():
    def body():
        began = time.monotonic()
        while time.monotonic() < began + 5:
            pass
        return time.monotonic() - began >= 5

    assert run(body, max_steps=MANY_STEPS).outcome == Returned(True)


def test_long_loop_that_makes_progress_is_not_interrupted():
    def body():
        flag, seen = Flag(), []

        def work():
            flag.value = True

        thread = Thread(target=work)
        thread.start()
        for _ in range(600):
            seen.append(flag.value)
        thread.join()
        return any(seen)

    assert run(body).outcome == Returned(False)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("spin", [spin_on_attribute, spin_under_a_lock, spin_on_an_event])
def test_program_in_which_everybody_spins_for_ever_ends_soon(spin, threads):
    def body():
        flag = Flag()
        workers = [Thread(target=spin, args=(flag,)) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    execution = run(body)

    assert type(execution.outcome) is OutOfSteps
    assert execution.steps < MANY_STEPS


def test_exploration_of_a_program_in_which_everybody_spins_is_violated_soon():
    def body():
        flag = Flag()
        workers = [Thread(target=spin_on_attribute, args=(flag,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    exploration = explore(body)

    assert exploration.verdict == "violated"
    assert type(exploration.failure.outcome) is OutOfSteps
    assert exploration.steps < 20 * MANY_STEPS


def test_livelock_of_two_that_give_way_to_each_other_is_told_from_progress():
    """Each lets go of its own lock when it cannot have the other's: in turns they get both."""

    def body():
        first, second, done = Lock(), Lock(), []

        def work(mine, other):
            while True:
                with mine:
                    if other.acquire(blocking=False):
                        done.append(1)
                        other.release()
                        return

        threads = [Thread(target=work, args=pair) for pair in ((first, second), (second, first))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(done)

    exploration = explore(body, search="random", executions=50, max_steps=MANY_STEPS)

    assert list(exploration.outcomes) == [Returned(2)]


def test_a_spin_that_only_some_interleavings_never_end_is_violated():
    """In turns from the start it ends; where the flag was reset too late, nobody ever sets it."""

    def body():
        flag = Flag()

        def wait():
            flag.value = False
            while not flag.value:
                pass

        def tell():
            flag.value = True

        threads = [Thread(target=wait), Thread(target=tell)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    exploration = explore(body)

    assert exploration.verdict == "violated"
    assert exploration.executions <= 10
    assert len(exploration.failure.interleaving) == 1


def poll_by_sleeping(flag):
    while not flag.value:
        time.sleep(0.01)


def poll_by_waiting_for_an_event(flag):
    while not flag.value:
        flag.event.wait(0.01)


def poll_by_waiting_for_a_condition(flag):
    with flag.condition:
        while not flag.value:
            flag.condition.wait(0.01)


def poll_under_a_lock_that_the_others_need(flag):
    with flag.lock:
        while not flag.value:
            time.sleep(0.01)


def poll_all_of_several(flag):
    while not all(one.value for one in (flag, flag)):
        time.sleep(0.01)


POLLS = [value for name, value in list(globals().items()) if name.startswith("poll_")]


def body_that_loses_the_flag(poll, *, in_a_thread):
    """Return a body that is over when the second of two workers has set the flag."""

    def body():
        flag = Flag()

        def work():
            attempts = flag.attempts + 1
            flag.attempts = attempts
            if attempts == 2:
                with flag.lock:
                    flag.value = True

        threads = [Thread(target=work) for _ in range(2)]
        if in_a_thread:
            threads.append(Thread(target=poll, args=(flag,)))
        for thread in threads:
            thread.start()
        if not in_a_thread:
            poll(flag)
        for thread in threads:
            thread.join()

    return body


@pytest.mark.parametrize("in_a_thread", [True, False])
@pytest.mark.parametrize("poll", POLLS, ids=lambda poll: poll.__name__)
def test_a_flag_that_is_never_set_is_polled_for_ever(poll, in_a_thread):
    execution = run(
        body_that_loses_the_flag(poll, in_a_thread=in_a_thread),
        Interleaving.parse("T1@4>T2"),
        max_steps=MANY_STEPS,
    )

    assert type(execution.outcome) is OutOfSteps
    assert execution.outcome.endless


@pytest.mark.parametrize("in_a_thread", [True, False])
def test_an_exploration_finds_a_flag_that_is_polled_for_ever(in_a_thread):
    body = body_that_loses_the_flag(poll_by_sleeping, in_a_thread=in_a_thread)
    exploration = explore(body, max_steps=MANY_STEPS)

    assert exploration.verdict == "violated"
    assert len(exploration.failure.interleaving) == 1
    assert exploration.failure.smaller.startswith("No smaller number")


def poll_looking_at_a_clock(flag):
    end = time.monotonic() + 3600
    while not flag.value and time.monotonic() < end:
        time.sleep(1)


def poll_counting_in_an_object(flag):
    counts = Flag()
    while not flag.value and counts.attempts < 500:
        counts.attempts += 1
        time.sleep(1)


def poll_counting_in_an_iterator(flag):
    counts = iter([None] * 500)
    while not flag.value and next(counts, flag) is None:
        time.sleep(1)


def poll_counting_where_nobody_sees_it(flag):
    for _ in [None] * 150:
        if flag.value:
            break
        time.sleep(1)


@pytest.mark.parametrize(
    "poll",
    [
        poll_looking_at_a_clock,
        poll_counting_in_an_object,
        poll_counting_in_an_iterator,
        poll_counting_where_nobody_sees_it,
    ],
)
def test_a_poll_that_ends_by_itself_is_no_failure(poll):
    execution = run(body_that_loses_the_flag(poll, in_a_thread=True), Interleaving.parse("T1@4>T2"))

    assert execution.outcome == Returned(None)


def spin_for_ever():
    thread = Thread(target=spin_on_attribute, args=(Flag(),))
    thread.start()
    thread.join()


def test_the_process_that_multiprocessing_keeps_ends_no_loop():
    ensure_running()

    assert run(spin_for_ever, max_steps=MANY_STEPS).outcome.endless


def test_the_idle_worker_of_a_pool_outside_ends_no_loop():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()

        assert run(spin_for_ever, max_steps=MANY_STEPS).outcome.endless


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="nobody says if there are processes")
@pytest.mark.parametrize("pause", [None, 0.01], ids=["at once", "sleeps"])
def test_who_polls_a_process_may_see_it_end(pause):
    wait_to_be_told = [sys.executable, "-c", "input()"]

    def body():
        def work():
            with subprocess.Popen(wait_to_be_told, stdin=subprocess.PIPE) as process:
                for _ in [None] * 2_000:  # counted where nobody sees it
                    if process.poll() is not None:
                        break
                    if pause is not None:
                        time.sleep(pause)
                process.communicate(b"\n")

        thread = Thread(target=work)
        thread.start()
        thread.join()

    assert run(body).outcome == Returned(None)


def test_who_polls_what_a_thread_outside_does_may_see_it_do_so():
    flag, told = Flag(), Event()

    def serve():
        told.wait()
        flag.value = True

    def body():
        def work():
            for _ in [None] * 2_000:  # counted where nobody sees it
                if flag.value:
                    break
                time.sleep(0.01)
            told.set()

        thread = Thread(target=work)
        thread.start()
        thread.join()

    server = Thread(target=serve)
    server.start()
    try:
        outcome = run(body).outcome
    finally:
        told.set()
        server.join()

    assert outcome == Returned(None)


def flock_with_a_file_of_its_own(path):
    file = open(path, "a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file.close


def flock_by_number(path):
    file = open(path, "w")
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file.close


def flock_with_a_descriptor(path):
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return partial(os.close, descriptor)


@pytest.mark.skipif(fcntl is None, reason="there is no flock")
@pytest.mark.parametrize("pause", [None, 0, 0.01], ids=["at once", "yields", "sleeps"])
@pytest.mark.parametrize(
    "flock", [flock_with_a_file_of_its_own, flock_by_number, flock_with_a_descriptor]
)
def test_task_that_tries_to_lock_a_file_lets_its_holder_run(tmp_path, flock, pause):
    path = str(tmp_path / "lock")

    def body():
        inside = []

        def work():
            while (unlock := flock(path)) is None:
                if pause is not None:
                    time.sleep(pause)
            try:
                inside.append(1)
                assert len(inside) == 1
                inside.pop()
            finally:
                unlock()

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return "done"

    exploration = explore(body, executions=30, max_steps=MANY_STEPS)

    assert exploration.verdict in ("holds", "no failure found"), exploration.reason
    assert list(exploration.outcomes) == [Returned("done")]
