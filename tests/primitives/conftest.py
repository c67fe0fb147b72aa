"""Verified fakes: one body, on real threads and under control, must give the same.

`world(body)` returns what the body returns. Under control with random interleavings it must be the
same under each of them, and each must be repeatable.
"""

import gc
import unittest
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from harness import Interleaving, run
from harness.control.scheduling.plan import Plan
from harness.execution import World
from harness.search import random_walk
from harness.search.random_walk import RandomWalk

SEEDS = range(5)


def on_real_threads(body: Callable[[], Any]) -> Any:
    return body()


def under_control(body: Callable[[], Any]) -> Any:
    return run(body, max_steps=100_000).result()


def under_control_at_random(body: Callable[[], Any]) -> Any:
    with World(body, model="free-threaded", instrument=(), max_steps=100_000) as world:
        world.warm_up(Plan(Interleaving()))
        expected = world.execute(Plan(Interleaving())).result()
        for seed in SEEDS:
            search = RandomWalk(seed)
            search.begin()
            execution = world.execute(search)
            search.end()
            again = world.execute(Plan(execution.interleaving))
            found = (execution.result(), again.result(), again.steps)
            assert found == (expected, expected, execution.steps), (seed, execution.interleaving)
    return expected


WORLDS = {
    "real": on_real_threads,
    "controlled": under_control,
    "controlled-random": under_control_at_random,
}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> Callable[[Callable[[], Any]], Any]:
    return WORLDS[request.param]


@pytest.fixture
def passes_under_control(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return a function that runs a test method of CPython's as a body, also at random."""
    # some waits have a timeout that must not run out before the others are done
    monkeypatch.setattr(random_walk, "_TIMEOUTS", 0.0)

    def run_all(case: type[unittest.TestCase], name: str, seeds: Iterable[int]) -> None:
        def body() -> list[str]:
            result = unittest.TestResult()
            case.setUpClass()
            case(name).run(result)
            case.tearDownClass()
            return [text.splitlines()[-1] + text for _, text in (*result.failures, *result.errors)]

        with World(body, model="free-threaded", instrument=("test",), max_steps=200_000) as world:
            world.warm_up(Plan(Interleaving()))
            assert world.execute(Plan(Interleaving())).result() == []
            for seed in seeds:
                search = RandomWalk(seed)
                search.begin()
                assert world.execute(search).result() == [], seed

    gc.freeze()  # CPython's tests collect often, and this session's heap is large
    yield run_all
    gc.unfreeze()


@pytest.fixture
def error_of() -> Callable[..., Any]:
    """Return a function that calls one, and returns (type, message) of what it raises."""

    def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as exception:
            return type(exception), str(exception)

    return call
