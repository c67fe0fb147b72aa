"""`threading.Thread`, and the functions about threads."""

import _thread
import sys
import threading
from _thread import get_ident as captured_get_ident
from threading import Event, Lock, Thread, current_thread, get_ident, main_thread
from time import sleep

import pytest

from harness import Deadlocked, Raised, Returned, explore, run

OURS = "_hypothread"  # the beginning of the harness's own keys in a thread's `__dict__`


def public_keys(thread):
    return sorted(key for key in vars(thread) if not key.startswith(OURS))


def test_target_gets_its_arguments(world):
    def body():
        got = []
        thread = Thread(
            target=lambda *args, **kwargs: got.append((args, kwargs)),
            args=(1, 2),
            kwargs={"three": 3},
        )
        thread.start()
        thread.join()
        return got

    assert world(body) == [((1, 2), {"three": 3})]


def test_arguments_may_be_any_iterable(world):
    def body():
        got = []
        for args in ([1], iter((2,)), range(3, 4)):
            thread = Thread(None, got.append, None, args)
            thread.start()
            thread.join()
        return got

    assert world(body) == [1, 2, 3]


def test_thread_without_a_target_does_nothing(world):
    def body():
        thread = Thread()
        thread.start()
        return thread.join()

    assert world(body) is None


def test_run_drops_the_target_and_its_arguments(world):
    def body():
        thread = Thread(target=len, args=("",))
        thread.start()
        thread.join()
        return hasattr(thread, "_target"), hasattr(thread, "_args"), hasattr(thread, "_kwargs")

    assert world(body) == (False, False, False)


def test_given_names_are_kept_and_can_be_changed(world):
    def body():
        seen = []
        thread = Thread(target=lambda: seen.append(current_thread().name), name="worker")
        seen += [thread.name, thread.getName() if hasattr(thread, "getName") else "worker"]
        thread.name = "boss"
        thread.start()
        thread.join()
        return [*seen, thread.name, Thread(name=5).name]

    with_warning = (
        pytest.warns(DeprecationWarning, match="is deprecated")
        if hasattr(Thread, "getName")
        else None
    )
    if with_warning is None:
        found = world(body)
    else:
        with with_warning:
            found = world(body)
    assert found == ["worker", "worker", "boss", "boss", "5"]


def test_default_names_are_numbered_and_name_the_target(world):
    def body():
        def work():
            """Do nothing."""

        first, second, third = Thread(target=work), Thread(), Thread(target=work)
        numbers = [int(thread.name.split("-")[1].split()[0]) for thread in (first, second, third)]
        rest = [thread.name.partition(" ")[2] for thread in (first, second, third)]
        return [number - numbers[0] for number in numbers], rest

    assert world(body) == ([0, 1, 2], ["(work)", "", "(work)"])


def test_default_names_are_the_same_in_each_execution():
    def body():
        threads = [Thread(target=len, args=("",)) for _ in range(2)]
        threads.append(threading.Timer(0, len, [""]))
        for thread in threads:
            thread.start()
            thread.join()
        return [thread.name for thread in threads]

    assert [run(body).result() for _ in range(2)] == [
        ["Thread-1 (len)", "Thread-2 (len)", "Thread-3"]
    ] * 2


@pytest.mark.parametrize("daemon", [None, False, True])
def test_daemon_is_inherited_unless_given(world, daemon):
    def body():
        seen, ended = [], Event()

        def parent():
            seen.append(Thread().daemon)
            seen.append(Thread(daemon=False).daemon)
            ended.set()

        thread = Thread(target=parent, daemon=daemon)
        seen.append(thread.daemon)
        thread.start()
        ended.wait()
        return seen

    assert world(body) == [bool(daemon), bool(daemon), False]


def test_daemon_can_be_set_before_the_start_only(world, error_of):
    def body():
        thread = Thread()
        thread.daemon = True
        states = [thread.daemon]
        thread.start()
        found = error_of(setattr, thread, "daemon", False)
        thread.join()
        return states, found

    assert world(body) == ([True], (RuntimeError, "cannot set daemon status of active thread"))


def test_thread_is_alive_between_start_and_end(world):
    def body():
        go, seen = Event(), []
        thread = Thread(target=lambda: (seen.append(thread.is_alive()), go.wait()))
        seen.append(thread.is_alive())
        thread.start()
        seen.append(thread.is_alive())
        go.set()
        thread.join()
        return seen[0], sorted(seen[1:]), thread.is_alive()

    assert world(body) == (False, [True, True], False)


def test_ident_is_none_then_a_number_that_the_thread_itself_sees(world):
    def body():
        seen = []
        thread = Thread(
            target=lambda: seen.extend(
                [get_ident(), captured_get_ident(), threading.get_ident(), _thread.get_ident()]
            )
        )
        before = thread.ident
        thread.start()
        thread.join()
        return before, {*seen} == {thread.ident}, type(thread.ident), thread.ident != get_ident()

    assert world(body) == (None, True, int, True)


def test_native_id_is_none_then_a_number_that_the_thread_itself_sees(world):
    def body():
        seen = []
        thread = Thread(target=lambda: seen.append(threading.get_native_id()))
        before = thread.native_id
        thread.start()
        thread.join()
        return before, seen == [thread.native_id], thread.native_id != threading.get_native_id()

    assert world(body) == (None, True, True)


def test_join_with_a_timeout_comes_back(world):
    def body():
        go = Event()
        thread = Thread(target=go.wait)
        thread.start()
        answers = [thread.join(0.001), thread.join(timeout=0), thread.join(-1), thread.is_alive()]
        go.set()
        thread.join()
        return answers, thread.join(timeout=3600), thread.is_alive()

    assert world(body) == ([None, None, None, True], None, False)


@pytest.mark.parametrize(
    "timeout", [float("nan"), float("inf"), 1e300, "soon", threading.TIMEOUT_MAX * 2], ids=str
)
def test_join_checks_its_timeout_like_the_original(world, error_of, timeout):
    def body():
        go = Event()
        thread = Thread(target=go.wait)
        thread.start()
        found = error_of(thread.join, timeout)
        go.set()
        thread.join()
        return found

    assert world(body) == body()


def test_join_can_be_called_again_and_by_several(world):
    def body():
        thread, seen = Thread(), []
        thread.start()
        waiters = [Thread(target=lambda: seen.append(thread.join())) for _ in range(2)]
        for waiter in waiters:
            waiter.start()
        for waiter in waiters:
            waiter.join()
        thread.join()
        thread.join(1)
        return seen

    assert world(body) == [None, None]


def test_second_start_is_an_error(world, error_of):
    def body():
        thread = Thread()
        thread.start()
        first = error_of(thread.start)
        thread.join()
        return first, error_of(thread.start)

    assert world(body) == ((RuntimeError, "threads can only be started once"),) * 2


def test_join_before_the_start_is_an_error(world, error_of):
    def body():
        return error_of(Thread().join)

    assert world(body) == (RuntimeError, "cannot join thread before it is started")


def test_join_of_oneself_is_an_error(world, error_of):
    def body():
        seen = [error_of(current_thread().join) if current_thread() is not main_thread() else None]
        thread = Thread(target=lambda: seen.append(error_of(current_thread().join)))
        thread.start()
        thread.join()
        return seen

    assert world(body) == body()
    assert body()[1][0] is RuntimeError


def test_join_of_the_main_thread_by_itself_is_an_error(world, error_of):
    def body():
        return error_of(main_thread().join)

    assert world(body) == body()


def test_threads_wait_for_the_main_thread_to_end():
    def body():
        def work():
            while main_thread().is_alive():
                sleep(1)
            main_thread().join()
            main_thread().join(1)
            seen.append((main_thread() in threading.enumerate(), threading.active_count()))

        Thread(target=work).start()

    seen = []
    assert run(body).outcome == Returned(None)
    assert set(seen) == {(True, 2)}
    assert "_hypothread_task" not in vars(main_thread())


@pytest.mark.parametrize("search", ["auto", "exhaustive", "random"])
def test_whether_the_main_thread_has_ended_depends_on_the_interleaving(search):
    def body():
        def work():
            if main_thread().is_alive():
                raise LookupError

        Thread(target=work).start()

    exploration = explore(body, search=search, stop_at_failure=False)
    assert set(map(type, exploration.outcomes)) == {Raised, Returned}


def test_who_joins_the_main_thread_that_joins_it_is_in_a_deadlock():
    def body():
        thread = Thread(target=main_thread().join)
        thread.start()
        thread.join()

    assert isinstance(run(body).outcome, Deadlocked)


@pytest.mark.parametrize("search", ["auto", "exhaustive", "random"])
def test_one_of_two_starts_a_thread(search):
    def body():
        thread, first, second = Thread(target=int), [], []

        def start(results):
            try:
                thread.start()
            except RuntimeError:
                results.append("second")
            else:
                results.append("first")

        threads = [Thread(target=start, args=(results,)) for results in (first, second)]
        for other in threads:
            other.start()
        threading.active_count()
        for other in threads:
            other.join()
        thread.join()
        return first + second

    outcomes = explore(body, search=search, stop_at_failure=False).outcomes
    assert {tuple(outcome.value) for outcome in outcomes} == {
        ("first", "second"),
        ("second", "first"),
    }


@pytest.mark.parametrize("search", ["auto", "exhaustive", "random"])
def test_whether_a_thread_was_started_that_somebody_joins_depends_on_the_interleaving(search):
    def body():
        thread, joined = Thread(target=int), []

        def join():
            try:
                thread.join()
            except RuntimeError:
                joined.append(False)
            else:
                joined.append(True)

        threads = [Thread(target=thread.start), Thread(target=join)]
        for other in threads:
            other.start()
        for other in threads:
            other.join()
        thread.join()
        return joined[0]

    exploration = explore(body, search=search, stop_at_failure=False)
    assert set(exploration.outcomes) == {Returned(False), Returned(True)}


@pytest.mark.parametrize("search", ["auto", "exhaustive", "random"])
def test_whether_a_thread_is_alive_that_has_not_ended_depends_on_its_start(search):
    def body():
        event, answers = Event(), []
        thread = Thread(target=event.wait)
        threads = [
            Thread(target=thread.start),
            Thread(target=lambda: answers.append(thread.is_alive())),
        ]
        for other in threads:
            other.start()
        for other in threads:
            other.join()
        event.set()
        thread.join()
        return answers[0]

    exploration = explore(body, search=search, stop_at_failure=False)
    assert set(exploration.outcomes) == {Returned(False), Returned(True)}


def test_init_must_be_called(world, error_of):
    def body():
        class Forgetful(Thread):
            def __init__(self):
                """Do not call the original."""

        thread = Forgetful()
        return error_of(thread.start), error_of(thread.join), error_of(lambda: thread.name)

    assert world(body) == body()


def test_group_and_unknown_arguments_are_errors(world, error_of):
    def body():
        return error_of(Thread, "group"), error_of(lambda: Thread(priority=1))[0]

    assert world(body) == body()


def test_subclass_with_run_and_init(world):
    def body():
        class Worker(Thread):
            def __init__(self, number):
                super().__init__(name=f"worker-{number}")
                self.number = number
                self.result = None

            def run(self):
                self.result = self.number * 2

        workers = [Worker(number) for number in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return [(worker.name, worker.result) for worker in workers]

    assert world(body) == [("worker-0", 0), ("worker-1", 2), ("worker-2", 4)]


def test_subclass_that_extends_start_and_join(world):
    def body():
        calls = []

        class Noting(Thread):
            def start(self):
                calls.append("start")
                super().start()

            def join(self, timeout=None):
                calls.append("join")
                return super().join(timeout)

        thread = Noting(target=calls.append, args=("run",))
        thread.start()
        thread.join()
        return sorted(calls)

    assert world(body) == ["join", "run", "start"]


def test_run_can_be_replaced_on_the_instance(world):
    def body():
        calls = []
        thread = Thread(target=calls.append, args=("target",))
        original = thread.run
        thread.run = lambda: (calls.append("before"), original())
        thread.start()
        thread.join()
        return calls

    assert world(body) == ["before", "target"]


def test_attributes_are_those_of_the_original(world):
    def body():
        keys = []
        thread = Thread(target=lambda: keys.append(public_keys(thread)))
        keys.append(public_keys(thread))
        thread.start()
        thread.join()
        keys.append(public_keys(thread))
        return keys

    assert world(body) == body()


def test_repr_says_how_far_the_thread_is(world):
    def body():
        go = Event()
        thread = Thread(target=go.wait, name="worker")
        found = [repr(thread)]
        thread.start()
        found.append(repr(thread).replace(str(thread.ident), "IDENT"))
        go.set()
        thread.join()
        return [*found, repr(thread).replace(str(thread.ident), "IDENT")]

    assert world(body) == [
        "<Thread(worker, initial)>",
        "<Thread(worker, started IDENT)>",
        "<Thread(worker, stopped IDENT)>",
    ]


def test_current_thread_is_the_one_that_runs(world):
    def body():
        seen = []
        threads = [Thread(target=lambda: seen.append(threading.current_thread())) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return set(seen) == set(threads), current_thread() is main_thread()

    assert world(body) == (True, True)


def test_main_thread_is_the_bodys(world):
    def body():
        seen = []
        thread = Thread(target=lambda: seen.append(main_thread() is current_thread()))
        thread.start()
        thread.join()
        return seen, main_thread() is current_thread(), main_thread().is_alive()

    assert world(body) == ([False], True, True)


def test_enumerate_and_active_count_know_the_running_threads(world):
    def body():
        before, go = threading.active_count(), Event()
        threads = [Thread(target=go.wait) for _ in range(2)]
        counts = [threading.active_count() - before]
        for thread in threads:
            thread.start()
        counts.append(threading.active_count() - before)
        listed = threading.enumerate()
        go.set()
        for thread in threads:
            thread.join()
        counts.append(threading.active_count() - before)
        return counts, [thread in listed for thread in (*threads, main_thread())]

    assert world(body) == ([0, 2, 0], [True, True, True])


def test_low_level_count_knows_the_started_threads_that_have_not_ended(world):
    def body():
        before, go = _thread._count(), Event()
        threads = [Thread(target=go.wait) for _ in range(2)]
        for thread in threads:
            thread.start()
        counts = [_thread._count() - before]
        go.set()
        for thread in threads:
            thread.join()
        while _thread._count() > before:  # a real thread counts a little longer than it is joined
            sleep(0.001)
        return [*counts, _thread._count() - before]

    assert world(body) == [2, 0]


def test_thread_started_by_a_thread(world):
    def body():
        depths = []

        def work(depth):
            depths.append(depth)
            if depth < 4:
                child = Thread(target=work, args=(depth + 1,))
                child.start()
                child.join()
                depths.append(-depth)

        work(0)
        return depths

    assert world(body) == [0, 1, 2, 3, 4, -3, -2, -1, 0]


def test_thread_that_ends_after_its_parent(world):
    def body():
        go, ended, children = Event(), [], []

        def child():
            go.wait()
            ended.append("child")

        def parent():
            children.append(Thread(target=child))
            children[0].start()
            ended.append("parent")

        thread = Thread(target=parent)
        thread.start()
        thread.join()
        go.set()
        children[0].join()
        return ended

    assert world(body) == ["parent", "child"]


@pytest.mark.parametrize("code", [None, 0, 1, "message"])
def test_system_exit_ends_the_thread_silently(world, code, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)  # instead of pytest's

    def body():
        done = []

        def work():
            done.append(1)
            sys.exit(code)

        thread = Thread(target=work)
        thread.start()
        thread.join()
        return done, thread.is_alive()

    assert world(body) == ([1], False)


def test_low_level_start_runs_the_function(world):
    def body():
        done, lock = [], Lock()
        lock.acquire()

        def work(*args, **kwargs):
            done.append((args, kwargs))
            lock.release()

        ident = _thread.start_new_thread(work, (1,), {"two": 2})
        lock.acquire()
        return done, type(ident), ident != get_ident()

    assert world(body) == ([((1,), {"two": 2})], int, True)


captured_start = _thread.start_new_thread


def test_captured_low_level_start_runs_the_function(world):
    def body():
        done = Event()
        captured_start(done.set, ())
        return done.wait()

    assert world(body) is True


def test_low_level_exit_ends_the_thread_silently(world, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)  # instead of pytest's

    def body():
        done = []

        def work():
            done.append(1)
            _thread.exit()

        thread = Thread(target=work)
        thread.start()
        thread.join()
        return done

    assert world(body) == [1]


def test_low_level_start_checks_its_arguments(world, error_of):
    def body():
        return [
            error_of(_thread.start_new_thread, None, ())[0],
            error_of(_thread.start_new_thread, len, [1])[0],
            error_of(_thread.start_new_thread, len, (), [])[0],
        ]

    assert world(body) == [TypeError] * 3


def test_threads_wait_for_each_other_by_sleeping(world):
    def body():
        done = []
        thread = Thread(target=done.append, args=(1,))
        thread.start()
        while not done:
            sleep(0)
        thread.join()
        return done

    assert world(body) == [1]


EARLY = Thread(target=lambda: EARLY_RAN.append(1), name="early")
EARLY_RAN = []
NEVER_STARTED = Thread()


def test_thread_made_before_the_exploration_is_started_in_each_execution():
    keys = vars(EARLY).keys() - ()
    ran = []

    def body():
        EARLY_RAN.clear()
        EARLY.start()
        alive = EARLY.is_alive()
        EARLY.join()
        ran.append(alive)
        return len(EARLY_RAN), EARLY.is_alive(), EARLY.name

    exploration = explore(body, search="random", executions=10)
    again = explore(body, search="random", executions=10)

    assert list(exploration.outcomes) == list(again.outcomes) == [Returned((1, False, "early"))]
    assert len(ran) > 2
    assert (vars(EARLY).keys(), EARLY.ident, EARLY.is_alive()) == (keys, None, False)


def test_thread_made_before_the_exploration_can_still_be_started_really():
    done = []
    thread = Thread(target=done.append, args=(1,))

    def body():
        thread.start()
        thread.join()

    run(body).result()
    done.clear()
    thread.start()
    thread.join()

    assert done == [1]


def test_thread_made_under_control_is_ended_after_the_exploration():
    def body():
        thread = Thread(target=len, args=("",), name="kept")
        thread.start()
        thread.join()
        return thread, Thread(name="never started")

    kept, never = run(body).result()
    kept.join()

    assert (kept.is_alive(), never.is_alive(), never.ident) == (False, False, None)
    assert ("stopped" in repr(kept), "initial" in repr(never)) == (True, True)


def test_thread_made_under_control_can_be_started_really_afterwards():
    done = []

    def body():
        other = Thread()
        other.start()
        other.join()
        return Thread(target=done.append, args=(1,))

    thread = run(body).result()
    thread.start()
    thread.join()

    assert (done, thread.is_alive()) == ([1], False)


def test_custom_excepthook_is_called_with_what_the_original_gets(monkeypatch):
    calls = []

    def hook(args):
        calls.append((args.exc_type, str(args.exc_value), args.thread.name))

    def body():
        def fail():
            raise LookupError("in the thread")

        thread = Thread(target=fail, name="failing")
        threading.excepthook = hook
        thread.start()
        thread.join()
        return thread.is_alive()

    before = threading.excepthook
    execution = run(body)
    under_control, calls = calls[:], []
    assert threading.excepthook is before
    monkeypatch.setattr(threading, "excepthook", hook)
    assert body() is False

    assert calls == [(LookupError, "in the thread", "failing")]
    assert set(under_control) == set(calls)
    assert execution.outcome == Raised(LookupError("in the thread"), 1, execution.outcome.location)


def test_excepthook_that_raises_does_not_disturb_the_others():
    def body():
        def fail():
            raise LookupError("first")

        def hook(args):
            raise TypeError("in the hook")

        threading.excepthook = hook
        done = []
        threads = [Thread(target=fail), Thread(target=done.append, args=(1,))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return done

    outcome = run(body).outcome

    assert (type(outcome.exception), str(outcome.exception)) == (LookupError, "first")


def test_whether_a_thread_is_alive_that_another_may_start_depends_on_the_interleaving():
    def body():
        waiting = Thread(target=int)
        starter = Thread(target=waiting.start)
        starter.start()
        answer = waiting.is_alive()
        starter.join()
        waiting.join()
        return answer

    for search in ("auto", "exhaustive", "random"):
        exploration = explore(body, search=search, stop_at_failure=False)
        assert set(exploration.outcomes) == {Returned(True), Returned(False)}

    def alone():
        return Thread(target=int).is_alive(), NEVER_STARTED.is_alive()

    assert run(alone).result() == (False, False)


def test_report_shows_the_answer_of_is_alive_and_what_has_decided_it():
    def body():
        waiting, answers = Thread(target=int), []
        threads = [
            Thread(target=waiting.start),
            Thread(target=lambda: answers.append(waiting.is_alive())),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        waiting.join()
        assert answers == [True]

    report = explore(body).failure.report

    assert "[start T" in report
    assert "[is_alive T" in report
    assert "→ False" in report
