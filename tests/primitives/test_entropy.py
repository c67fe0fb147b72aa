"""`random`, `uuid` and `os.urandom` give the same in each execution, and are real outside."""

import os
import random
import secrets
import tempfile
import uuid
from os import urandom as captured_urandom
from random import randint as captured_randint
from threading import Lock, Thread

import pytest

from harness import Returned, explore, run

SOURCES = {
    "random.random": lambda: random.random(),
    "captured randint": lambda: captured_randint(1, 10**9),
    "shuffle": lambda: random.sample(range(100), 100),
    "os.urandom": lambda: os.urandom(16),
    "captured urandom": lambda: captured_urandom(16),
    "uuid4": lambda: uuid.uuid4(),
    "secrets": lambda: secrets.token_hex(),
    "SystemRandom": lambda: random.SystemRandom().random(),
    "Random()": lambda: random.Random().random(),
    "reseeded": lambda: (random.seed(), random.random())[1],
}


@pytest.mark.parametrize("source", SOURCES)
def test_source_gives_the_same_in_each_execution(source):
    def body():
        lock, drawn = Lock(), [SOURCES[source]()]

        def work():
            with lock:
                drawn.append(SOURCES[source]())

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return drawn

    exploration = explore(body, search="random", executions=5)

    assert list(exploration.outcomes) == [Returned(run(body).result())]


def test_source_differs_within_an_execution():
    def body():
        return [
            len({str(SOURCES[source]()) for _ in range(3)})
            for source in SOURCES
            if source != "Random()"
        ]

    assert set(run(body).result()) == {3}


def test_generator_outside_goes_on_where_it_was():
    random.seed(7)
    expected = [random.random() for _ in range(2)]
    random.seed(7)
    found = [random.random()]
    run(lambda: random.random())
    found.append(random.random())

    assert found == expected


def test_urandom_outside_is_real():
    inside = run(lambda: os.urandom(16)).result()

    assert os.urandom(16) != inside
    assert len({os.urandom(16), captured_urandom(16), inside}) == 3


def test_urandom_checks_its_argument(world, error_of):
    def body():
        return error_of(os.urandom, -1)[0], error_of(os.urandom, "a")[0], os.urandom(0)

    assert world(body) == body()


def test_names_of_temporary_files_do_not_collide():
    def body():
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            return one != other

    assert run(body).result() is True
