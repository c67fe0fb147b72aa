"""A task that stops where the harness cannot see it ends the execution, never hangs.

Each body runs in a process of its own, with a watchdog that has little patience.
"""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 0.2  # seconds
HANGS = 30  # seconds after which a test fails instead

PROLOGUE = f"""
import ctypes, os, queue, select, signal, subprocess, sys, threading, time
from threading import Thread, Lock
real_lock = Lock()
taken = real_lock.acquire, real_lock.release
class Derived(queue.SimpleQueue):
    pass
early_queue = Derived()
reader, writer = os.pipe()
libc = ctypes.CDLL(None)
libc.PyThread_allocate_lock.restype = ctypes.c_void_p
c_lock = ctypes.c_void_p(libc.PyThread_allocate_lock())
libc.PyThread_acquire_lock(c_lock, 1)
from harness import explore, run, Stuck
from harness.control.scheduling.watchdog import watchdog
watchdog.patience = {PATIENCE}

def spin():
    while True:
        pass

def beside(block):
    shared = []
    def work():
        shared.append(1)
        block()
    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def run_script(tmp_path, script):
    file = tmp_path / "script.py"
    file.write_text(PROLOGUE + textwrap.dedent(script))
    return subprocess.run(
        [sys.executable, str(file)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )


BLOCKS = {
    "os.read of a pipe": "os.read(reader, 1)",
    "select": "select.select([reader], [], [])",
    "a class derived from SimpleQueue": "early_queue.get()",
    "C code that a signal ends": "libc.sleep(20)",
    "C code that ignores signals": "libc.PyThread_acquire_lock(c_lock, 1)",
    "a wait for a signal": "signal.sigwait([signal.SIGUSR1])",
    "a child process": "subprocess.run([sys.executable, '-c', 'import time; time.sleep(2)'])",
    "an endless loop without a switch point": "spin()",
}
SOME_BLOCKS = [  # the others in the thorough suite
    pytest.param(name, marks=[pytest.mark.thorough] if number % 2 else [])
    for number, name in enumerate(BLOCKS)
]


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
@pytest.mark.parametrize("block", SOME_BLOCKS)
def test_exploration_of_a_blocking_body_is_inconclusive_or_ends_the_process(
    tmp_path, block, carrier
):
    done = run_script(
        tmp_path,
        f"""
        exploration = explore(lambda: beside(lambda: {BLOCKS[block]}), carrier={carrier!r})
        print(exploration.verdict)
        print(exploration.reason)
        """,
    )
    verdict, _, reason = done.stdout.partition("\n")
    gave_up = done.returncode == 1 and "stuck in code that cannot be interrupted" in done.stderr

    assert carrier == "greenlets" or not gave_up
    assert gave_up or (done.returncode, verdict) == (0, "inconclusive"), done
    if not gave_up:
        assert "script.py" in reason
        assert f"{PATIENCE:g} s" in reason


def test_run_of_a_blocking_body_is_stuck_and_says_where(tmp_path):
    done = run_script(
        tmp_path,
        """
        execution = run(lambda: beside(lambda: os.read(reader, 1)))
        print(type(execution.outcome).__name__)
        print(execution.outcome.where)
        """,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Stuck\n")
    assert "os.read(reader, 1)" in done.stdout


def test_process_goes_on_after_a_stuck_execution(tmp_path):
    done = run_script(
        tmp_path,
        """
        before = signal.getsignal(signal.SIGURG), signal.getsignal(signal.SIGINT)
        for _ in range(2):
            run(lambda: beside(lambda: os.read(reader, 1)))
        assert (signal.getsignal(signal.SIGURG), signal.getsignal(signal.SIGINT)) == before
        time.sleep(2 * watchdog.patience)  # the watchdog must not mind what happens outside
        print(run(lambda: beside(int)).result())
        thread = Thread(target=print, args=("real",))
        thread.start()
        thread.join()
        """,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "None\nreal\n", "")


def test_body_that_is_slow_but_passes_switch_points_is_not_stuck(tmp_path):
    done = run_script(
        tmp_path,
        """
        def slow():
            lock = Lock()
            for _ in range(5):
                with lock:
                    libc.usleep(int(watchdog.patience * 300_000))

        print(run(lambda: beside(slow)).result())
        """,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "None\n", "")


def test_method_of_a_real_lock_taken_early_is_refused_by_name(tmp_path):
    done = run_script(
        tmp_path,
        """
        from harness import UsageError
        acquire, release = taken

        def work():
            acquire()
            release()

        try:
            explore(lambda: beside(work))
        except UsageError as error:
            print(error)
        """,
    )

    assert done.returncode == 0, done.stderr
    assert "acquire() of <unlocked _thread.lock" in done.stdout
    assert "Keep the lock instead of its method" in done.stdout


def test_lock_that_code_outside_holds_is_refused_by_name(tmp_path):
    done = run_script(
        tmp_path,
        """
        from harness import UsageError

        def work():
            with real_lock:
                pass

        real_lock.acquire()
        try:
            explore(lambda: beside(work))
        except UsageError as error:
            print(error)
        """,
    )

    assert done.returncode == 0, done.stderr
    assert "<locked _thread.lock" in done.stdout
    assert "is held by code outside the exploration" in done.stdout


def test_real_lock_that_the_standard_library_takes_does_not_hang(tmp_path):
    """Deadlock on a real lock: code out of scope acquires it in one task and waits in another."""
    done = run_script(
        tmp_path,
        """
        from contextlib import ExitStack

        def work():
            with ExitStack() as stack:
                stack.enter_context(real_lock)
                time.sleep(1)

        exploration = explore(lambda: beside(work), executions=10)
        print(exploration.verdict)
        """,
    )

    if done.returncode == 1:
        assert "a task is stuck in code that cannot be interrupted" in done.stderr
    else:
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip() in ("inconclusive", "no failure found", "holds")


# What a task does in its `finally` blocks after the execution is over, when it is ended by force:


def test_finally_that_spins_is_ended(tmp_path):
    done = run_script(
        tmp_path,
        """
        def spin():
            done = []
            try:
                threading.Event().wait()
            finally:
                while not done:
                    pass

        def body():
            Thread(target=spin, daemon=True).start()
            time.sleep(1)
            return "done"

        print(run(body).result())
        """,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_finally_that_rebinds_a_global_leaves_no_trace(tmp_path):
    done = run_script(
        tmp_path,
        """
        STATE = "before"

        class Holder:
            state = "before"

        def work():
            global STATE
            try:
                threading.Event().wait()
            finally:
                STATE = Holder.state = "after"

        def body():
            Thread(target=work, daemon=True).start()
            time.sleep(1)
            return STATE

        print([run(body).result() for _ in range(2)], STATE, Holder.state)
        """,
    )

    assert (done.returncode, done.stdout) == (0, "['before', 'before'] before before\n"), done


def test_finally_that_releases_a_lock_made_early_releases_its_twin(tmp_path):
    done = run_script(
        tmp_path,
        """
        errors = []

        def work():
            real_lock.acquire()
            try:
                threading.Event().wait()
            finally:
                try:
                    real_lock.release()
                except RuntimeError as error:
                    errors.append(error)

        def body():
            Thread(target=work, daemon=True).start()
            time.sleep(1)
            return real_lock.locked()

        print([run(body).result() for _ in range(2)], errors, real_lock.locked())
        """,
    )

    assert (done.returncode, done.stdout) == (0, "[True, True] [] False\n"), done


# An interrupt that comes while a line of the harness runs, and the task passes no point after it:


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
@pytest.mark.parametrize("times", [1, 2])
def test_interrupt_between_two_lines_of_the_harness_is_not_lost(tmp_path, times, carrier):
    done = run_script(
        tmp_path,
        f"""
        import harness

        ours = os.path.join(os.path.dirname(harness.__file__), "hook.py")
        source = "def hook(): [signal.raise_signal(signal.SIGINT) for _ in range({times})]"
        exec(compile(source, ours, "exec"))

        def work(hook=hook):
            hook()
            while True:
                pass

        before = signal.getsignal(signal.SIGURG), signal.getsignal(signal.SIGINT)
        try:
            print(explore(lambda: beside(work), carrier={carrier!r}).verdict)
        except KeyboardInterrupt:
            print("interrupted")
        assert (signal.getsignal(signal.SIGURG), signal.getsignal(signal.SIGINT)) == before
        assert threading.Thread is Thread
        print(run(lambda: beside(int)).result())
        """,
    )

    assert (done.returncode, done.stdout) == (0, "interrupted\nNone\n"), done


def test_exploration_ends_with_the_first_execution_that_is_stuck(tmp_path):
    done = run_script(
        tmp_path,
        """
        blocked = []

        def block():
            blocked.append(1)
            os.read(reader, 1)

        print(explore(lambda: beside(block)).verdict, len(blocked))
        """,
    )

    assert (done.returncode, done.stdout) == (0, "inconclusive 1\n"), done


@pytest.mark.needs_gil
def test_search_under_another_model_ends_with_the_first_execution_that_is_stuck(tmp_path):
    done = run_script(
        tmp_path,
        """
        from harness.control.scheduling.scheduler import running

        blocked = []

        def body():
            if running.hand_overs is not None:
                blocked.append(1)
                os.read(reader, 1)
            counts = [0]

            def count():
                counts[0] += 1

            beside(count)
            assert counts == [2]

        exploration = explore(body)
        print(exploration.verdict, exploration.failure.affects, len(blocked))
        """,
    )

    assert (done.returncode, done.stdout) == (0, "violated ('free-threaded',) 1\n"), done
