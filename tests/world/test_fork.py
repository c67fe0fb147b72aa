"""A body that forks is told so: a child process would have copies of all threads."""

import multiprocessing
import os
import subprocess
import sys

import pytest

from harness import UsageError, explore, run


@pytest.mark.parametrize(
    "fork",
    [
        lambda: os.fork(),
        lambda: os.forkpty(),
        lambda: multiprocessing.get_context("fork").Process(target=int).start(),
    ],
    ids=["os.fork", "os.forkpty", "multiprocessing"],
)
@pytest.mark.parametrize("verb", [run, explore])
def test_fork_is_refused_by_name(verb, fork):
    with pytest.raises(UsageError, match=r"The body called os\.fork"):
        verb(fork)


def test_child_process_of_another_program_is_no_fork():
    def body():
        return subprocess.run([sys.executable, "-c", ""], check=True).returncode

    assert run(body).result() == 0


@pytest.mark.parametrize("timeout", [None, 60])
def test_output_of_a_child_process_is_waited_for_in_real_time(timeout):
    script = "import time; time.sleep(0.2); print('done')"

    def body():
        command = [sys.executable, "-c", script]
        return subprocess.run(command, capture_output=True, check=True, timeout=timeout).stdout

    assert run(body).result() == b"done\n"


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # by pytest-timeout
def test_fork_outside_works_again():
    run(int)
    child = os.fork()
    if child == 0:
        os._exit(7)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_fork_after_an_exploration_finds_one_thread_and_a_watchdog_that_watches():
    script = """
import _thread, os, sys, warnings
from harness import explore
from harness.control.scheduling.watchdog import watchdog

explore(lambda: None)
assert _thread._count() == 0, _thread._count()
child = os.fork()
if child == 0:
    watchdog.patience = 0.3
    stuck, free = os.pipe()
    print(explore(lambda: os.read(stuck, 1)).verdict, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "inconclusive\n"
