"""Code that runs where no execution may be cut short: callbacks of weak references, and imports."""

import subprocess
import sys
import textwrap
import types
from importlib import import_module
from pathlib import Path
from threading import Thread

import pytest

from harness import UsageError, explore

ROOT = Path(__file__).parents[2]

PROLOGUE = """
import threading, weakref
from harness import explore

class Thing:
    pass

def in_two_threads(work):
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def printed_by(tmp_path, script):
    file = tmp_path / "script.py"
    file.write_text(PROLOGUE + textwrap.dedent(script))
    done = subprocess.run(
        [sys.executable, str(file)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "model", ["free-threaded", pytest.param("gil", marks=pytest.mark.needs_gil)]
)
def test_code_that_is_met_first_in_a_callback_prints_nothing(tmp_path, model):
    script = f"""
    class Table:
        def __init__(self):
            self.count = 0

        def gone(self, reference):
            self.count += 1

    def body():
        table = Table()

        def work():
            thing = Thing()
            reference = weakref.ref(thing, table.gone)
            del thing

        in_two_threads(work)
        assert table.count <= 2

    print(explore(body, model={model!r}).failure)
    """

    assert printed_by(tmp_path, script) == (0, "None\n", "")


@pytest.mark.parametrize(
    "model", ["free-threaded", pytest.param("gil", marks=pytest.mark.needs_gil)]
)
def test_hooks_that_outlive_the_exploration_are_quiet_at_the_end(tmp_path, model):
    script = f"""
    kept = []

    def body():
        table = {{"n": 0}}

        def work():
            thing = Thing()

            def gone(reference):
                table["n"] += 1

            kept.append((thing, weakref.ref(thing, gone)))
            table["m"] = table.get("m", 0) + 1

        in_two_threads(work)
        assert table["m"] == 2

    print(explore(body, executions=3, model={model!r}).verdict)
    """
    status, _, errors = printed_by(tmp_path, script)

    assert (status, errors) == (0, "")


def test_what_a_body_cannot_raise_is_still_shown():
    shown = []

    class Finalized:
        def __del__(self):
            raise ValueError("of a finalizer")

    def body():
        counts = {"n": 0}

        def work():
            counts["n"] += 1
            Finalized()

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    before = sys.unraisablehook
    sys.unraisablehook = shown.append
    try:
        explore(body, executions=3)
        assert sys.unraisablehook == shown.append
    finally:
        sys.unraisablehook = before
    assert {one.exc_type for one in shown} == {ValueError}


@pytest.mark.parametrize("relative", [False, True])
def test_a_module_that_the_body_imports_first_is_imported_whole(tmp_path, monkeypatch, relative):
    package = tmp_path / "harness_test_backends"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "lazy.py").write_text(
        "def prepare():\n    return 0\n\nSTATE = prepare()\n\ndef run(number):\n    return number\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    full_name = "harness_test_backends.lazy"

    def backend():
        try:
            return sys.modules[full_name]
        except KeyError:
            if relative:
                return import_module(".lazy", package="harness_test_backends")
            return import_module(full_name)

    def body():
        counts = {}

        def work(name):
            counts[name] = backend().run(1)

        threads = [Thread(target=work, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counts == {"a": 1, "b": 1}

    assert explore(body).failure is None
    assert sys.modules[full_name].run(2) == 2


class Replaced(types.ModuleType):
    """Be what a package like kombu puts in its own place."""


def test_a_package_that_replaces_itself_can_be_named(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "harness_test_replaced"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from .counters import Counter\n")
    (package / "counters.py").write_text(
        "class Counter:\n    n = 0\n\n    def add(self):\n        self.n += 1\n"
    )
    monkeypatch.syspath_prepend(package.parent)
    original = import_module("harness_test_replaced")
    replaced = Replaced("harness_test_replaced")
    replaced.__file__, replaced.Counter = original.__file__, original.Counter
    monkeypatch.setitem(sys.modules, "harness_test_replaced", replaced)

    def body():
        counter = replaced.Counter()
        threads = [Thread(target=counter.add) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counter.n == 2

    assert explore(body, instrument=("harness_test_replaced",)).verdict == "violated"


def test_a_replaced_package_without_a_source_is_refused(monkeypatch):
    name = "harness_test_without_source"
    monkeypatch.setitem(sys.modules, name, Replaced(name))

    with pytest.raises(UsageError, match=f"{name!r}, whose source cannot be found"):
        explore(int, instrument=(name,))


def test_what_a_program_logs_about_being_ended_by_force_is_not_shown(tmp_path):
    script = """
    import logging

    def body():
        started = threading.Event()

        def serve():
            try:
                started.set()
                threading.Event().wait()
            except BaseException:
                logging.exception("the server has crashed")

        def work():
            logging.error("an error of its own")

        threading.Thread(target=serve, daemon=True).start()
        started.wait()
        in_two_threads(work)

    print(explore(body, executions=3).failure)
    """
    status, printed, errors = printed_by(tmp_path, script)

    assert (status, printed) == (0, "None\n")
    assert set(errors.splitlines()) == {"ERROR:root:an error of its own"}
