"""Scripts run as they are: with their arguments, their modules, their exits and their failures."""

import subprocess

import pytest

COUNT = """
    import threading

    counter = 0

    def count():
        global counter
        counter = counter + 1

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_what_a_script_prints_is_its_outcome(harness):
    harness.write("script.py", COUNT + "    print(counter)\n")

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {"prints '2'", "prints '1'"}
    assert "2 threads, 1 switch: T1@" in printed
    assert "Lost update: T1 and T2 both read counter before either wrote" in printed
    assert printed.splitlines()[-1] == "script.py: depends on the interleaving"


def test_an_exit_status_is_an_outcome(harness):
    harness.write("script.py", COUNT + "    raise SystemExit(counter + 1)\n")

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {
        "prints nothing, exit status 3",
        "prints nothing, exit status 2",
    }


def test_an_exception_of_the_script_is_an_outcome(harness):
    harness.write("script.py", COUNT + "    assert counter == 2, counter\n")

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {
        "prints nothing",
        "raises AssertionError: 1 at script.py:15, prints nothing",
    }


def test_an_exception_of_a_thread_is_an_outcome(harness):
    harness.write(
        "script.py",
        """
        from threading import Thread

        shared = [1]

        def take():
            if shared:
                shared.pop()

        threads = [Thread(target=take) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print("done")
        """,
    )

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {
        "prints 'done'",
        "raises IndexError: pop from empty list at script.py:8, prints 'done'",
    }


def test_a_deadlock_is_an_outcome_and_says_who_waits_for_what(harness):
    harness.write(
        "script.py",
        """
        from threading import Lock, Thread

        first = Lock()
        second = Lock()

        def take(one, other):
            with one, other:
                pass

        threads = [Thread(target=take, args=locks) for locks in ((first, second), (second, first))]
        for thread in threads:
            thread.start()
        """,
    )

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {"prints nothing", "deadlocks, prints nothing"}
    assert "waits for Lock 'second' (script.py:5) in acquire at script.py:8" in printed


def test_own_modules_get_hooks_and_are_new_in_each_execution(harness):
    harness.write("counting/__init__.py", "from .state import add, seen\n")
    harness.write(
        "counting/state.py",
        """
        seen = []
        total = 0

        def add(number):
            global total
            total = total + number
            seen.append(number)
        """,
    )
    harness.write(
        "script.py",
        """
        from threading import Thread

        import counting
        from counting import state

        threads = [Thread(target=counting.add, args=(3,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(state.total, counting.seen)
        """,
    )

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {"prints '6 [3, 3]'", "prints '3 [3, 3]'"}
    assert "`total`: written by T1 and T2 under no common lock (counting/state.py:7)" in printed


def test_a_module_imported_by_a_thread_gets_hooks(harness):
    harness.write("late.py", "total = 0\n\ndef add():\n    global total\n    total += 1\n")
    harness.write(
        "script.py",
        """
        from threading import Thread

        def work():
            import late
            late.add()

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        import late
        print(late.total)
        """,
    )

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {"prints '2'", "prints '1'"}


def test_arguments_follow_two_dashes(harness):
    harness.write(
        "script.py",
        """
        import sys
        import threading

        if __name__ == "__main__":
            threading.Thread(target=int).start()
            print(sys.argv[1:], sys.argv[0].endswith("script.py"), __file__ == sys.argv[0])
        """,
    )

    printed = harness.spot("script.py", "--", "--fast", "1", status=0)

    assert harness.outcomes(printed) == {"""prints "['--fast', '1'] True True\""""}


def test_a_script_elsewhere_finds_the_modules_beside_it(harness):
    harness.write("deep/beside.py", "word = 'found'\n")
    harness.write(
        "deep/script.py",
        """
        import os, threading
        import beside
        threading.Thread(target=print, args=(beside.word, os.path.exists("deep"))).start()
        """,
    )

    printed = harness.spot("deep/script.py", status=0)

    assert harness.outcomes(printed) == {"prints 'found True'"}
    assert printed.splitlines()[-1] == "deep/script.py: no dependence found"


def test_what_is_registered_with_atexit_runs_at_the_end_of_each_execution(harness):
    harness.write(
        "script.py",
        """
        import atexit, threading
        atexit.register(print, "bye")
        threading.Thread(target=print, args=("thread",)).start()
        """,
    )

    printed = harness.spot("script.py", status=0)

    assert harness.outcomes(printed) == {"prints 'thread' / 'bye'"}


def test_the_order_of_lines_is_told_from_other_differences(harness):
    harness.write(
        "script.py",
        """
        from threading import Thread
        threads = [Thread(target=print, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        """,
    )

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {"prints '0' / '1'", "prints '1' / '0'"}
    assert "They differ in the order of the lines only." in printed


def test_handlers_of_logging_write_to_the_output_of_every_execution(harness):
    harness.write(
        "script.py",
        """
        import logging, sys, threading
        logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
        threading.Thread(target=logging.info, args=("logged",)).start()
        """,
    )

    printed = harness.spot("script.py", status=0)

    assert harness.outcomes(printed) == {"prints 'logged'"}


def test_addresses_of_objects_are_no_difference(harness):
    harness.write(
        "script.py",
        """
        import threading
        kept = [object() for _ in range(5)]
        threading.Thread(target=lambda: print(object(), kept.pop())).start()
        """,
    )

    printed = harness.spot("script.py", status=0)

    assert harness.outcomes(printed) == {"prints '<object object at 0x…> <object object at 0x…>'"}


def test_an_executor_starts_threads(harness):
    harness.write(
        "script.py",
        """
        from concurrent.futures import ThreadPoolExecutor

        total = 0

        def add(number):
            global total
            total += number

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(add, (1, 2)))
        print(total)
        """,
    )

    printed = harness.spot("script.py", status=1)

    assert {"prints '3'", "prints '1'"} <= harness.outcomes(printed)


def test_spinning_is_noted_and_is_no_outcome(harness):
    harness.write(
        "script.py",
        """
        from threading import Thread

        ready = False

        def set_ready():
            global ready
            ready = True

        thread = Thread(target=set_ready)
        thread.start()
        while not ready:
            pass
        print("ready")
        """,
    )

    printed = harness.spot("script.py", status=0)

    assert harness.outcomes(printed) == {"prints 'ready'"}


def test_an_executor_that_nobody_shuts_down_ends_with_the_script(harness):
    harness.write(
        "script.py",
        """
        from concurrent.futures import ThreadPoolExecutor
        pool = ThreadPoolExecutor(2)
        pool.submit(print, "one")
        raise SystemExit("over")
        """,
    )

    printed = harness.spot("script.py", status=0)

    assert harness.outcomes(printed) == {"prints 'one', exit status 1"}


def test_what_a_script_changes_in_its_process_is_put_back(harness):
    harness.write(
        "script.py",
        """
        import os, signal, sys, threading

        print(os.environ.get("MARK"), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
        print(sys.excepthook is print, os.path.exists("script.py"), "/nowhere" in sys.path)
        threading.Thread(target=print).start()
        os.environ["MARK"] = "set"
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.excepthook = threading.excepthook = print
        sys.path.append("/nowhere")
        os.chdir("/")
        """,
    )

    printed = harness.spot("script.py", status=0)

    assert harness.outcomes(printed) == {"prints 'None True' / 'False True False' / ''"}


def test_threads_that_share_nothing_are_said_to_share_nothing(harness):
    harness.write(
        "script.py",
        "from threading import Thread\nfor _ in range(2):\n    Thread(target=int).start()\n",
    )

    printed = harness.spot("script.py", status=0)

    assert "No two threads touch the same thing where the harness can see it" in printed
    assert "1 outcome in 1 execution, which covers every interleaving:" in printed


@pytest.mark.parametrize(
    ("model", "status"), [("free-threaded", 1), pytest.param("gil", 0, marks=pytest.mark.needs_gil)]
)
def test_the_model_decides_where_a_switch_is_allowed(harness, model, status):
    harness.write("script.py", COUNT + "    print(counter)\n")

    printed = harness.spot("--model", model, "script.py", status=status)

    assert ("prints '1'" in harness.outcomes(printed)) == (status == 1)
    assert (" --model" in printed) == (model == "gil" and status == 1)


def test_a_reader_that_has_seen_enough_ends_it_quietly(harness):
    with subprocess.Popen(
        harness.command("spot", "unlocked", "--set", "THREADS=2", "--set", "ITERATIONS=2"),
        cwd=harness.folder,
        env=harness.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "unlocked\n"
        process.stdout.close()

        assert process.stderr.read() == ""

    assert process.returncode == 141


def test_a_script_may_change_how_modules_are_found(harness):
    harness.write(
        "script.py", COUNT + "    import sys\n    del sys.meta_path[0]\n    print(counter)\n"
    )

    printed = harness.spot("script.py", status=1)

    assert harness.outcomes(printed) == {"prints '2'", "prints '1'"}


def test_what_is_registered_for_the_exit_belongs_to_the_script(harness):
    harness.write(
        "at_exit.py",
        """
        import atexit
        from threading import Thread

        n = 0
        atexit.register(lambda: print("n", n))

        def work():
            global n
            n += 1

        for _ in range(2):
            Thread(target=work).start()
        """,
    )
    printed = harness.spot("at_exit.py", status=1)

    assert harness.outcomes(printed) == {"prints 'n 1'", "prints 'n 2'"}
    assert "Lost update" in printed
    token = harness.tokens(printed)["prints 'n 1'"]
    assert "prints 'n 1'" in harness.run("replay", "at_exit.py", token, status=0).stdout


def test_what_is_registered_runs_last_first_and_after_an_exception(harness):
    harness.write(
        "at_exit.py",
        """
        import atexit
        from threading import Thread

        def fail():
            raise KeyError("not shown")

        atexit.register(print, "second")
        atexit.register(fail)
        atexit.register(print, "first")
        thread = Thread(target=print, args=("thread",))
        thread.start()
        thread.join()
        raise SystemExit(3)
        """,
    )
    printed = harness.spot("at_exit.py", status=0)

    assert harness.outcomes(printed) == {"prints 'thread' / 'first' / 'second', exit status 3"}
