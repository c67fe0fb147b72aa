"""A token of `harness spot` shows the same execution again, or says why it cannot."""

import re
import shlex

import pytest

SCRIPT = """
    import sys
    from threading import Thread

    ROUNDS = 1
    counter = 0

    def count():
        global counter
        for _ in range(ROUNDS):
            counter += int(sys.argv[1])

    threads = [Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(counter)
"""


def test_the_command_of_the_report_shows_the_same_table(harness):
    harness.write("script.py", SCRIPT)
    printed = harness.spot("script.py", "--set", "ROUNDS=2", "--", "3", status=1)
    (command,) = re.findall(r"^  replay: harness replay (.*)$", printed, re.MULTILINE)

    replayed = harness.run("replay", *shlex.split(command), status=0).stdout

    table = [line for line in printed.splitlines() if re.match(r" +\d+ [ *] ", line)]
    again = [line for line in replayed.splitlines() if re.match(r" +\d+ [ *] ", line)]
    assert [line.strip() for line in table] == [line.strip() for line in again]
    assert len(table) > 3


def test_every_token_leads_to_its_outcome(harness):
    harness.write("script.py", SCRIPT)
    printed = harness.spot("script.py", "--", "3", status=1)
    found = harness.tokens(printed)

    assert set(found) == {"prints '6'", "prints '3'"}
    for outcome, token in found.items():
        replayed = harness.run("replay", "script.py", token, "--", "3", status=0).stdout
        assert replayed.splitlines()[0].endswith(f"it {outcome}")


def test_a_token_of_a_script_that_has_changed_names_the_first_difference(harness):
    path = harness.write("script.py", SCRIPT)
    token = harness.tokens(harness.spot("script.py", "--", "3", status=1))["prints '3'"]
    path.write_text(path.read_text().replace("counter += int", "counter += 0 + int"))

    error = harness.run("replay", "script.py", token, "--", "3", status=10).stderr

    assert error.startswith("harness: Switch 1 of the token")


@pytest.mark.parametrize("token", ["", "T1@2", "T1@2>T2#xyz"])
def test_what_is_no_token_is_refused(harness, token):
    harness.write("script.py", SCRIPT)

    assert "is no replay token" in harness.run("replay", "script.py", token, status=2).stderr


def test_a_script_that_is_too_long_to_be_shown(harness):
    error = harness.run("replay", "unlocked", "T1@6>T2#dc82f036", status=8).stderr

    assert "unlocked has no end within 100,000 switch points. Give the --set options" in error


def test_a_missing_script(harness):
    assert "cannot be read" in harness.run("replay", "no.py", "#00000000", status=3).stderr


def test_the_command_in_the_report_replays_a_script_whatever_its_name(harness):
    harness.write("TOKEN SETTINGS.py", SCRIPT)
    printed = harness.spot("TOKEN SETTINGS.py", "--", "3", status=1)
    (command,) = re.findall(r"^  replay: harness replay (.*)$", printed, re.MULTILINE)

    replayed = harness.run("replay", *shlex.split(command), status=0).stdout

    assert replayed.splitlines()[0].endswith("it prints '3'")
