"""Ctrl-C gives what is known so far; a terminal sees progress, and nothing else does."""

import os
import pty
import signal
import subprocess

SCRIPT = """
    from threading import Thread

    counter = 0

    def count():
        global counter
        for _ in range(20):
            counter += 1

    threads = [Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(counter)
"""


def test_ctrl_c_gives_what_is_known_so_far(harness):
    harness.write("script.py", SCRIPT)
    terminal, theirs = pty.openpty()
    command = harness.command("spot", "--executions", "1000000", "--seconds", "90", "script.py")
    with subprocess.Popen(
        command,
        cwd=harness.folder,
        env=harness.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        seen = b""
        while b"searching, " not in seen:
            seen += os.read(terminal, 4_096)
        process.send_signal(signal.SIGINT)
        printed = process.stdout.read()
    os.close(terminal)

    assert process.returncode == 130
    assert "Interrupted: this is what was known by then." in printed
    assert "`counter`: written by T1 to T3 under no common lock" in printed
    assert printed.splitlines()[-1].startswith("script.py: ")


def test_without_a_terminal_there_is_no_progress(harness):
    harness.write("script.py", SCRIPT)

    done = harness.run("spot", "--executions", "20", "script.py", status=1)

    assert done.stderr == ""


def test_a_script_that_ctrl_c_has_kept_from_running_is_not_examined(harness):
    harness.write(
        "script.py", "    import os, signal\n    os.kill(os.getpid(), signal.SIGINT)\n" + SCRIPT
    )

    printed = harness.run("spot", "script.py", status=130).stdout

    assert printed.splitlines()[-1] == "script.py: not examined: interrupted"
