"""On a terminal, a long search shows how far it has come, below the tests."""

import os
import pty
import subprocess
import sys

TEST = """
import threading
import harness.explorer
from harness.counters import LockedCounter

harness.explorer.SECONDS_BETWEEN_REPORTS = 0

def body():
    counter = LockedCounter()
    threads = [threading.Thread(target=counter.increment) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

def test_it(interleave, capsys):
    print("captured")
    interleave(body, search="exhaustive", executions=100)
    assert capsys.readouterr().out == "captured\\n"

def test_another():
    pass
"""


def printed_on_a_terminal(directory, *options):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    with subprocess.Popen(
        command, cwd=directory, stdin=theirs, stdout=theirs, stderr=theirs
    ) as run:
        os.close(theirs)
        printed = b""
        while True:
            try:
                read = os.read(ours, 10_000)
            except OSError:  # how Linux says that nobody has the terminal open any more
                break
            if not read:
                break
            printed += read
    os.close(ours)
    assert run.returncode == 0, printed.decode()
    return printed.decode()


def test_a_terminal_shows_progress_and_keeps_nothing_of_it(pytester):
    pytester.makepyfile(TEST)

    printed = printed_on_a_terminal(pytester.path)
    lines = [line.rpartition("\r")[2].strip() for line in printed.split("\r\n")]

    assert "exhaustive: 3 executions of about " in printed
    assert not any("exhaustive" in line for line in lines)  # when all is written


def test_progress_is_shown_without_capturing(pytester):
    pytester.makepyfile(TEST.replace(", capsys", "").replace("    assert capsys", "    #"))

    assert "exhaustive: 3 executions" in printed_on_a_terminal(pytester.path, "-p", "no:capture")


def test_workers_of_xdist_show_none(pytester):
    pytester.makepyfile(TEST)

    assert "exhaustive:" not in printed_on_a_terminal(pytester.path, "-n1")


def test_what_is_no_terminal_gets_none(run_tests):
    assert "exhaustive:" not in run_tests(TEST).stdout.str()
