"""Scripts that are too long to be run often, and that nothing makes shorter."""

import pytest

LONG = """
    from threading import Lock, Thread

    mutex = Lock()
    counter = 0

    def count():
        global counter
        for _ in range(100_000):
            BODY

    threads = [Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(counter)
"""


def test_one_switch_shows_the_damage_at_full_size(harness):
    harness.write("script.py", LONG.replace("BODY", "counter += 1"))

    printed = harness.spot("script.py", status=1)

    assert "`counter`: written by T1 and T2 under no common lock" in printed
    assert harness.outcomes(printed) == {"prints '200000'", "prints '100000'"}
    assert "2 outcomes in 2 executions:" in printed


def test_what_is_always_under_one_lock_is_run_once(harness):
    harness.write(
        "script.py", LONG.replace("BODY", "\n            with mutex:\n                counter += 1")
    )

    printed = harness.spot("script.py", status=0)

    assert "`counter`: always under `mutex`" in printed
    assert "1 outcome in 1 execution:" in printed


def test_loops_that_a_constant_bounds_are_made_short(harness):
    text = LONG.replace("BODY", "counter += 1").replace("100_000", "ROUNDS")
    harness.write("script.py", "ROUNDS: int = 50_000\n" + text.replace("\n    ", "\n"))

    printed = harness.spot("script.py", status=1)

    assert "Run again with --set ROUNDS=2:" in printed
    assert "prints '4'" in harness.outcomes(printed)


def test_damage_that_no_small_version_shows_is_shown_at_full_size(harness):
    text = LONG.replace("count():", "count(first=100):").replace("100_000", "ROUNDS")
    text = text.replace("BODY", "counter += _ > first")
    harness.write("script.py", "ROUNDS = 50_000\n" + text.replace("\n    ", "\n"))

    printed = harness.spot("script.py", status=1)

    assert "At full size with one switch, T1@" in printed
    assert "prints '99798'" in harness.outcomes(printed)
    assert "2 outcomes in 2 executions:" in printed


@pytest.mark.thorough
def test_ten_million_increments_lose_a_million_by_one_switch(harness):
    printed = harness.run("spot", "--full", "--seconds", "200", "unlocked", status=1).stdout

    assert harness.outcomes(printed) == {
        "prints 'counted 10000000 of 10000000'",
        "prints 'counted 9000000 of 10000000'",
    }


def test_an_execution_that_is_ended_by_the_clock_is_told(harness):
    harness.write("script.py", LONG.replace("BODY", "counter += 1").replace("100_000", "1_000_000"))

    done = harness.run("spot", "--seconds", "0.1", "script.py", status=8)

    assert "It did not end within 0.1 s of computing." in done.stderr


def test_what_no_lock_protects_leaves_a_doubt(harness):
    harness.write(
        "script.py",
        """
        from threading import Thread

        n = 0

        def beat():
            global n
            while n < 40_000:
                n += 1

        threads = [Thread(target=beat) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(n)
        """,
    )

    printed = harness.run("spot", "script.py", status=0).stdout

    assert "2 x  prints '40000'" in printed
    assert "That is no evidence that it holds: no lock protects `n`." in printed
    assert printed.splitlines()[-1] == "script.py: no dependence found"
