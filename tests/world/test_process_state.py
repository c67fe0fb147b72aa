"""What belongs to the whole process is shared by all threads: streams, directory, filters, …"""

import contextlib
import decimal
import gc
import io
import locale
import os
import random
import socket
import sys
import warnings

import pytest
from together import together

from harness import explore

# Both are the rule since 3.14 without a GIL.
HAVE_OWN_FILTERS = bool(getattr(sys.flags, "context_aware_warnings", False))
INHERIT_THEIR_CONTEXT = bool(getattr(sys.flags, "thread_inherit_context", False))


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False, executions=5_000)
    return {getattr(outcome, "value", type(outcome)) for outcome in exploration.outcomes}


def test_a_stream_is_exchanged_for_all():
    def body():
        own = io.StringIO()

        def redirect():
            with contextlib.redirect_stdout(own):
                pass

        together(redirect, lambda: print("text"))
        return own.getvalue()

    with contextlib.redirect_stdout(io.StringIO()):
        assert outcomes_of(body) == {"", "text\n"}


def test_two_redirections_put_back_the_wrong_stream():
    def body():
        stdout = sys.stdout

        def redirect():
            with contextlib.redirect_stdout(io.StringIO()):
                pass

        together(redirect, redirect)
        is_as_before = sys.stdout is stdout
        sys.stdout = stdout
        return is_as_before

    assert outcomes_of(body) == {True, False}


def test_prints_to_a_stream_in_memory_have_an_order():
    def body():
        stream = io.StringIO()
        with contextlib.redirect_stdout(stream):
            together(lambda: print("a", end=""), lambda: print("b", end=""))
        return stream.getvalue()

    assert outcomes_of(body) == {"ab", "ba"}


def test_printing_alone_makes_no_difference():
    def body():
        together(lambda: print("a"), lambda: print("b"))

    assert explore(body, search="exhaustive").executions == 1


def test_filters_of_warnings_are_put_back_in_the_wrong_order():
    def body():
        filters = warnings.filters

        def quiet():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")

        together(quiet, quiet)
        return warnings.filters is filters

    with warnings.catch_warnings():
        assert outcomes_of(body) == ({True} if HAVE_OWN_FILTERS else {True, False})


def test_a_filter_is_added_after_the_exchange():
    def body():
        seen = []

        def add():
            with warnings.catch_warnings(action="ignore", category=EncodingWarning):
                pass

        def look():
            with warnings.catch_warnings():
                own = warnings.filters
                before = len(own)
                seen.append(len(own) > before)

        together(add, look)
        return seen[0]

    with warnings.catch_warnings():
        assert outcomes_of(body) == ({False} if HAVE_OWN_FILTERS else {True, False})


ENVIRONMENT = {
    "[]": lambda: os.environ["HARNESS_TEST"],
    "get": lambda: os.environ.get("HARNESS_TEST"),
    "getenv": lambda: os.getenv("HARNESS_TEST"),
    "expandvars": lambda: os.path.expandvars("$HARNESS_TEST"),
    "items": lambda: dict(os.environ.items())["HARNESS_TEST"],
    "a loop": lambda: next(value for key, value in os.environ.items() if key == "HARNESS_TEST"),
}


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_the_environment_is_read(name, monkeypatch):
    monkeypatch.setenv("HARNESS_TEST", "0")
    read = ENVIRONMENT[name]

    def body():
        os.environ["HARNESS_TEST"] = "0"
        seen = []

        def write():
            os.environ["HARNESS_TEST"] = "1"

        together(write, lambda: seen.append(read()))
        return seen[0]

    assert outcomes_of(body) == {"0", "1"}


DIRECTORY = {
    "getcwd": lambda: os.getcwd() == "/",
    "abspath": lambda: os.path.abspath("it") == "/it",
    "relpath": lambda: os.path.relpath("/it") == "it",
}


@pytest.mark.parametrize("name", DIRECTORY)
def test_the_working_directory_is_read(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    read = DIRECTORY[name]

    def body():
        os.chdir(tmp_path)
        seen = []
        together(lambda: os.chdir("/"), lambda: seen.append(read()))
        return seen[0]

    assert outcomes_of(body) == {True, False}


def test_two_changes_of_the_directory_put_back_the_wrong_one(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def body():
        os.chdir(tmp_path)

        def work(path):
            with contextlib.chdir(path):
                pass

        together(lambda: work("/"), lambda: work(tmp_path.parent))
        return os.getcwd() == str(tmp_path)

    assert outcomes_of(body) == {True, False}


def test_paths_alone_make_no_difference():
    def body():
        together(lambda: os.path.abspath("a"), lambda: os.path.abspath("b"))

    assert explore(body, search="exhaustive").executions == 1


def test_a_generator_of_random_numbers_is_shared():
    def body():
        generator, got = random.Random(1), {}
        together(
            lambda: got.setdefault("first", generator.choice(range(1_000_000))),
            lambda: got.setdefault("second", generator.randint(0, 999_999)),
        )
        return got["first"], got["second"]

    assert len(outcomes_of(body)) == 2


def test_seeding_is_a_write():
    def body():
        seen = []
        random.seed(1)
        together(lambda: random.seed(2), lambda: seen.append(random.random()))
        return seen[0]

    assert len(outcomes_of(body)) == 2


def test_the_locale_is_shared():
    before = locale.setlocale(locale.LC_NUMERIC)

    def body():
        locale.setlocale(locale.LC_NUMERIC, "C")
        seen = []
        together(
            lambda: locale.setlocale(locale.LC_NUMERIC, "C.UTF-8"),
            lambda: seen.append(locale.setlocale(locale.LC_NUMERIC)),
        )
        return seen[0]

    try:
        assert outcomes_of(body) == {"C", "C.UTF-8"}
    finally:
        locale.setlocale(locale.LC_NUMERIC, before)


def test_a_decimal_context_that_is_shared_is_changed_for_all():
    def body():
        context, seen = decimal.Context(prec=28), []

        def write():
            context.prec = 5

        together(write, lambda: seen.append(context.prec))
        return seen[0]

    assert outcomes_of(body) == {28, 5}


def test_each_thread_has_a_decimal_context_of_its_own():
    def body():
        decimal.setcontext(decimal.Context(prec=28))
        seen = []

        def write():
            decimal.getcontext().prec = 5

        together(write, lambda: seen.append(decimal.getcontext().prec))
        return seen[0]

    assert outcomes_of(body) == ({28, 5} if INHERIT_THEIR_CONTEXT else {28})


def disabled_collection():
    gc.disable()
    gc.enable()


def other_timeout():
    socket.setdefaulttimeout(5)
    socket.setdefaulttimeout(None)


def other_digits():
    most = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(most + 1)
    sys.set_int_max_str_digits(most)


@pytest.mark.parametrize(
    ("exchange", "look"),
    [
        (disabled_collection, gc.isenabled),
        (other_timeout, socket.getdefaulttimeout),
        (other_digits, sys.get_int_max_str_digits),
    ],
)
def test_a_setting_of_the_interpreter_is_exchanged_for_all(exchange, look):
    def body():
        seen = []
        together(exchange, lambda: seen.append(look()))
        return seen[0]

    assert len(outcomes_of(body)) == 2
