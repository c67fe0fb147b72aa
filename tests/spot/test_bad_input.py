"""What cannot be examined ends with a clear message, its own exit status, and nothing running."""

import re

import pytest

THREAD = (
    "\nimport threading\nthread = threading.Thread(target=work)\nthread.start()\nthread.join()\n"
)


def refused(harness, text, status, *options):
    harness.write("script.py", text)
    done = harness.run("spot", *options, "script.py", status=status)
    assert done.stderr.startswith("harness: ")
    return done


def test_a_missing_file(harness):
    done = harness.run("spot", "nowhere.py", status=3)

    assert "nowhere.py cannot be read: No such file or directory. Give the path" in done.stderr
    assert done.stdout == ""


def test_a_folder(harness):
    assert "cannot be read: Is a directory" in harness.run("spot", ".", status=3).stderr


def test_a_missing_file_among_others_is_told_before_anything_runs(harness):
    done = harness.run("spot", "unlocked", "nowhere.py", status=3)

    assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = = 1\n", "script.py:1 is not valid Python: invalid syntax."),
        ("def f(:\n", "script.py:1 is not valid Python"),
        ("x = '\x00'\n", "is not valid Python"),
    ],
)
def test_a_syntax_error(harness, text, message):
    assert message in refused(harness, text, 4).stderr


def test_bytes_that_are_no_text(harness):
    (harness.folder / "script.py").write_bytes(b"x = '\xff'\n")

    assert "is not valid Python" in harness.run("spot", "script.py", status=4).stderr


def test_a_script_without_threads(harness):
    done = refused(harness, "print('alone')\n", 5)

    assert "It starts no thread; it prints 'alone'." in done.stderr
    assert done.stdout.splitlines()[-1] == "script.py: not examined: it starts no thread"


def test_a_script_that_fails_before_it_starts_a_thread(harness):
    done = refused(harness, "import nothing_of_that_name\n", 5)

    assert "raises ModuleNotFoundError: No module named 'nothing_of_that_name'" in done.stderr
    assert "not examined: it raises ModuleNotFoundError before it starts a thread" in done.stdout


@pytest.mark.parametrize(
    "reading",
    ["input('name? ')", "__import__('sys').stdin.read()", "__import__('sys').stdin.buffer.read()"],
)
def test_a_script_that_reads_standard_input(harness, reading):
    done = refused(harness, f"def work():\n    {reading}\n{THREAD}", 6)

    assert "It reads standard input, which would be another one in each execution." in done.stderr


@pytest.mark.parametrize(
    "starting",
    [
        "__import__('os').fork()",
        "__import__('os').system('true')",
        "__import__('subprocess').run(['true'])",
        "__import__('multiprocessing').get_context('spawn').Process(target=print).start()",
    ],
)
def test_a_script_that_starts_a_process_even_if_it_catches_everything(harness, starting):
    work = f"def work():\n    try:\n        {starting}\n    except BaseException:\n        pass\n"
    done = refused(harness, work + THREAD, 7)

    assert "It starts another process" in done.stderr


def test_a_script_that_never_ends_and_passes_switch_points(harness):
    text = (
        "import time\nPAUSE = 1\ndef work():\n    while True:\n        time.sleep(PAUSE)\n" + THREAD
    )
    done = refused(harness, text, 8, "--seconds", "1")

    assert "It does not end: its threads sleep, or wait in loops," in done.stderr
    assert "--set NAME=VALUE sets a module-level constant. It has PAUSE." in done.stderr


@pytest.mark.thorough  # the watchdog takes its time
def test_a_script_that_never_ends_and_passes_no_switch_point(harness):
    done = refused(harness, f"def work():\n    while True:\n        pass\n{THREAD}", 8)

    assert "T1 passed no switch point for 10 s" in done.stderr
    assert re.search(r"line [23], in work\n +(while True:|pass)\n", done.stderr)


def test_a_script_that_ends_the_whole_process(harness):
    done = refused(harness, f"import os\ndef work():\n    os._exit(3)\n{THREAD}", 8)

    assert "not examined: it ends the process by os._exit()" in done.stdout

    assert "It ends the whole process by os._exit(3)" in done.stderr


def test_a_script_that_differs_by_itself(harness):
    text = "import time\ndef work():\n    print(time.process_time_ns())\n" + THREAD
    done = refused(harness, text, 9)

    assert "Something that the harness does not control differs between two runs" in done.stderr


def test_a_script_that_passes_other_switch_points_in_each_run(harness):
    text = """
import os
runs = os.path.getsize("runs") if os.path.exists("runs") else 0
with open("runs", "w") as file:
    file.write("x" * (runs + 1))
x = 0
def work():
    global x
    if runs % 2:
        x += 1
    x += 1
another = __import__("threading").Thread(target=work)
another.start()
"""
    error = refused(harness, text + THREAD, 9).stderr

    assert "script.py: Step" in error
    assert error.count("differs between two runs") == 1
    assert "the body" not in error


def test_a_script_among_the_installed_packages_gets_no_switch_points(harness):
    harness.write("site-packages/script.py", "print()\n")
    error = harness.run("spot", "site-packages/script.py", status=2).stderr

    assert "lies among the installed packages" in error


def test_other_scripts_are_examined_all_the_same(harness):
    small = ("--set", "THREADS=2", "--set", "ITERATIONS=1")
    harness.write("alone.py", "THREADS = ITERATIONS = 0\nTHREADS = 1\nITERATIONS = 1\n")

    printed = harness.run("spot", "alone.py", "locked", *small, status=5).stdout

    assert printed.splitlines()[-2:] == [
        "alone.py: not examined: it starts no thread",
        "locked: no dependence found",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "spot got no script"),
        (("locked", "--set", "THREADS"), "--set 'THREADS' cannot be read. Write NAME=VALUE"),
        (("locked", "--set", "ROUNDS=1"), "no statement at module level assigns 'ROUNDS' alone"),
        (("locked", "--executions", "0"), "--executions 0. Give a whole number"),
        (("locked", "--seconds", "0"), "--seconds 0. Give a positive number"),
        (("locked", "--model", "java"), "model='java' is unknown"),
        (("locked", "--instrument", "nothing_here"), "'nothing_here', which cannot be found"),
    ],
)
def test_a_command_line_that_cannot_be_carried_out(harness, options, message):
    assert message in harness.run("spot", *options, status=2).stderr
