"""Each bad input is refused at once, by a message that names the value and what to do."""

import functools
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import InconclusiveError, Interleaving, UsageError, check, explore, replay, run
from harness.arguments import check_body
from harness.control.scheduling.scheduler import running


def body():
    lock = threading.Lock()
    threads = [threading.Thread(target=lambda: lock.acquire() and lock.release()) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def needs_arguments(counter, *, rounds):
    """Be a body that nobody can call."""


async def coroutine_function():
    """Be a body that runs nothing when it is called."""


async def asynchronous_generator():
    yield


def generator_function():
    yield


class CoroutineCallable:
    async def __call__(self):
        """Run nothing when it is called."""


BODIES = {
    "takes arguments": (
        needs_arguments,
        ["needs_arguments", "counter, rounds", "lambda: body(...)"],
    ),
    "partial with too few": (
        functools.partial(needs_arguments, 1),
        ["rounds", "functools.partial"],
    ),
    "coroutine function": (coroutine_function, ["coroutine_function", "asyncio.run()"]),
    "asynchronous generator": (
        asynchronous_generator,
        ["asynchronous_generator", "plain function"],
    ),
    "generator function": (generator_function, ["generator_function", "runs nothing"]),
    "a number": (42, ["42", "cannot be called", "Give a function"]),
    "None": (None, ["None", "cannot be called", "Give a function"]),
    "a text": ("body", ["'body'", "cannot be called", "Give a function"]),
}


@pytest.mark.parametrize(
    "verb",
    [run, explore, check, lambda body: replay(body, "T1@1>T2#00000000")],
    ids=["run", "explore", "check", "replay"],
)
@pytest.mark.parametrize("name", BODIES)
def test_bad_body_is_refused(name, verb):
    bad, parts = BODIES[name]

    with pytest.raises(UsageError) as caught:
        verb(bad)

    assert [part for part in parts if part not in str(caught.value)] == []


def test_object_whose_call_is_a_coroutine_function_is_refused():
    with pytest.raises(UsageError) as caught:
        # Not run: a coroutine that nobody awaits disturbs later tests.
        check_body(CoroutineCallable())

    assert "CoroutineCallable" in str(caught.value)
    assert "plain function" in str(caught.value)


OPTIONS = {
    "executions to minimize, negative": (
        {"executions_to_minimize": -1},
        ["executions_to_minimize=-1", "0 or more"],
    ),
    "unknown search": ({"search": "dpor"}, ["search='dpor'", "'auto'", "'exhaustive'"]),
    "search in a list": ({"search": ["auto"]}, ["search=['auto']", "'exhaustive'"]),
    "search that is no text": ({"search": None}, ["search=None", "'auto'"]),
    "executor": ({"executor": 4}, ["executor=4", "later version", "Leave it out"]),
    "no executions": ({"executions": 0}, ["executions=0", "1 or more"]),
    "negative executions": ({"executions": -1}, ["executions=-1", "1 or more"]),
    "half an execution": ({"executions": 0.5}, ["executions=0.5", "whole number"]),
    "True executions": ({"executions": True}, ["executions=True", "whole number"]),
    "no seconds": ({"seconds": 0}, ["seconds=0", "positive"]),
    "negative seconds": ({"seconds": -1.5}, ["seconds=-1.5", "positive"]),
    "seconds that are no number": ({"seconds": float("nan")}, ["seconds=nan", "positive"]),
    "seconds as text": ({"seconds": "10"}, ["seconds='10'", "positive"]),
    "negative preemptions": (
        {"preemptions": -1, "search": "exhaustive"},
        ["preemptions=-1", "0 or more"],
    ),
    "half a preemption": (
        {"preemptions": 0.5, "search": "exhaustive"},
        ["preemptions=0.5", "whole number"],
    ),
    "preemptions of another search": (
        {"preemptions": 2},
        ["preemptions=2", "search='auto'", "search='exhaustive'"],
    ),
    "text instead of False": ({"stop_at_failure": "no"}, ["stop_at_failure='no'", "True or False"]),
    "seed that is no number": ({"seed": "x"}, ["seed='x'", "whole number"]),
}


@pytest.mark.parametrize("verb", [explore, check], ids=["explore", "check"])
@pytest.mark.parametrize("name", OPTIONS)
def test_bad_option_of_a_search_is_refused(name, verb):
    options, parts = OPTIONS[name]

    with pytest.raises(UsageError) as caught:
        verb(body, **options)

    assert [part for part in parts if part not in str(caught.value)] == []


COMMON = {
    "unknown model": ({"model": "nogil"}, ["model='nogil'", "'free-threaded', 'gil'"]),
    "no steps": ({"max_steps": 0}, ["max_steps=0", "1 or more"]),
    "negative steps": ({"max_steps": -5}, ["max_steps=-5", "1 or more"]),
    "half a step": ({"max_steps": 1.5}, ["max_steps=1.5", "whole number"]),
    "one text": ({"instrument": "cachetools"}, ["instrument='cachetools'", "('cachetools',)"]),
    "a number": ({"instrument": 5}, ["instrument=5", "('cachetools',)"]),
    "a set": ({"instrument": {"json"}}, ["instrument={'json'}", "tuple"]),
    "unknown package": (
        {"instrument": ("no_such_package",)},
        ["'no_such_package'", "cannot be found", "importable"],
    ),
    "unknown submodule": (
        {"instrument": ("no_such.package",)},
        ["'no_such.package'", "cannot be found"],
    ),
    "package in C": ({"instrument": ("_json",)}, ["'_json'", "no Python source", "one step"]),
    "no name": ({"instrument": ("",)}, ["''", "importable"]),
    "no text": ({"instrument": (5,)}, ["5", "importable"]),
    "the harness": ({"instrument": ("harness",)}, ["'harness'", "itself"]),
}


@pytest.mark.parametrize(
    "verb",
    [run, explore, check, lambda body, **options: replay(body, "T1@1>T2#00000000", **options)],
    ids=["run", "explore", "check", "replay"],
)
@pytest.mark.parametrize("name", COMMON)
def test_bad_option_of_every_verb_is_refused(name, verb):
    options, parts = COMMON[name]

    with pytest.raises(UsageError) as caught:
        verb(body, **options)

    assert [part for part in parts if part not in str(caught.value)] == []


@pytest.mark.parametrize("bad", ["T1@2>T2", 5, (), [(1, 2, 1)]], ids=repr)
def test_interleaving_of_another_type_is_refused(bad):
    with pytest.raises(UsageError) as caught:
        run(body, bad)

    assert f"interleaving={bad!r}" in str(caught.value)
    assert "Interleaving.parse(" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["T1", "T1@2", "T1>T2", "T1@2>T2,T2@1>T1", "1@2>2", "T1@2>T2#", None], ids=repr
)
def test_malformed_interleaving_is_refused(text):
    with pytest.raises(UsageError) as caught:
        Interleaving.parse(text)

    assert str(text) in str(caught.value)
    assert "T1@2>T2" in str(caught.value)


@pytest.mark.parametrize(
    "token",
    ["", "T1@2>T2", "#", "T1@2>T2#xyz", "T1@2>T2#1234567", "x#123", None, 5],
    ids=repr,
)
def test_malformed_token_is_refused(token):
    with pytest.raises(UsageError) as caught:
        replay(body, token)

    assert str(token) in str(caught.value)


def test_body_that_starts_no_thread_is_inconclusive():
    exploration = explore(int)

    assert exploration.verdict == "inconclusive"
    assert "started no thread" in exploration.reason
    assert "Start threading.Thread objects inside the body" in exploration.reason
    with pytest.raises(InconclusiveError, match="started no thread"):
        check(int)


def test_body_whose_threads_share_nothing_is_inconclusive():
    def apart():
        threads = [
            threading.Thread(target=lambda: [number for number in range(3)]) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    exploration = explore(apart)

    assert exploration.verdict == "inconclusive"
    assert "No two threads touched the same thing" in exploration.reason


@pytest.mark.parametrize("verb", [run, explore, check], ids=["run", "explore", "check"])
@pytest.mark.parametrize("place", ["body", "thread"])
def test_exploration_inside_an_exploration_is_refused(verb, place):
    def nested():
        if place == "thread":
            thread = threading.Thread(target=lambda: verb(body))
            thread.start()
            thread.join()
        else:
            verb(body)

    with pytest.raises(UsageError, match="while another one is running") as caught:
        explore(nested)

    assert "explore it from outside" in str(caught.value)
    assert running.thread_ident == 0


def test_exploration_on_another_thread_is_refused():
    caught = []

    def work():
        try:
            explore(body)
        except UsageError as error:
            caught.append(str(error))

    thread = threading.Thread(target=work, name="worker 7")
    thread.start()
    thread.join()

    assert len(caught) == 1
    assert "'worker 7'" in caught[0]
    assert "Start it on the main thread" in caught[0]


@given(st.data())
@settings(max_examples=3)
@pytest.mark.parametrize("verb", [explore, check], ids=["explore", "check"])
def test_draw_inside_a_body_is_refused(verb, data):
    def drawing():
        thread = threading.Thread(target=lambda: data.draw(st.integers()))
        thread.start()
        thread.join()

    with pytest.raises(UsageError) as caught:
        verb(drawing)

    assert "data.draw(integers())" in str(caught.value)
    assert "Draw before the exploration" in str(caught.value)


def test_unknown_arguments_are_pythons_own_error():
    with pytest.raises(TypeError, match="iterations"):
        explore(body, iterations=5)
