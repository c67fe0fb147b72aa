"""A run that is given up, because code without hooks turned up, leaves nothing changed or said."""

import sys
from functools import partial
from threading import Thread

from together import together

from harness import explore, run
from harness.control.scheduling.scheduler import running


def test_what_a_with_statement_changes_is_put_back():
    settings, found = {"mode": "old"}, []

    class Changed:
        def __enter__(self):
            self.before = settings["mode"]
            settings["mode"] = "new"

        def __exit__(self, *raised):
            settings["mode"] = self.before

    def body():
        found.append(settings["mode"])

        def work():
            with Changed():
                pass

        thread = Thread(target=work)
        thread.start()
        thread.join()

    explore(body, executions=5)

    assert set(found) == {"old"}
    assert settings == {"mode": "old"}


def test_finalizers_of_half_made_objects_say_nothing(monkeypatch):
    said = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: said.append(it.exc_type))

    class Connection:
        def __init__(self):
            self.connect()
            self.is_closed = False

        def connect(self):
            pass

        def __del__(self):
            assert not self.is_closed

    def body():
        made = []
        together(*[lambda: made.append(Connection())] * 2)
        assert len(made) == 2

    assert explore(body).verdict == "holds"
    assert said == []


def test_finalizers_of_whole_objects_say_what_goes_wrong(monkeypatch):
    said = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: said.append(it.exc_type))

    class Failing:
        def __init__(self):
            self.shared = []

        def __del__(self):
            raise ValueError("in a finalizer")

    def body():
        together(Failing, Failing)

    explore(body, executions=5)

    assert set(said) == {ValueError}


def test_code_that_the_harness_itself_calls_is_no_reason_to_run_again():
    """A script at full size ran twice because its end had looked into a weak dictionary."""
    runs = []

    def helper():
        return len(runs)

    def body(look):
        runs.append(1)
        together(int, int)
        if look:
            with running.quiet():
                helper()

    def runs_of(look):
        runs.clear()
        run(partial(body, look))
        return len(runs)

    runs_of(look=False)  # the body's own code is known after that

    assert [runs_of(look=False), runs_of(look=True)] == [1, 1]
