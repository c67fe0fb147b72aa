"""Where C code calls back, the exhaustive search finds what every interleaving can lead to."""

from collections import defaultdict
from functools import cache, cached_property, lru_cache
from heapq import heappush

import pytest
from together import together

from harness import explore


def cached():
    calls = []

    @lru_cache
    def double(number):
        calls.append(number)
        return 2 * number

    together(lambda: double(1), lambda: double(1))
    return len(calls)


def one_client():
    class Client:
        pass

    @cache
    def client():
        return Client()

    got = {}
    together(lambda: got.setdefault(1, client()), lambda: got.setdefault(2, client()))
    return got[1] is got[2]


def one_value():
    class Once:
        @cached_property
        def value(self):
            return [self]

    once, got = Once(), {}
    together(lambda: got.setdefault(1, once.value), lambda: got.setdefault(2, once.value))
    return got[1] is got[2]


def shared_generator():
    def numbers():
        yield 1
        yield 2

    generator, got, errors = numbers(), [], []

    def take():
        try:
            got.append(next(generator))
        except ValueError as error:
            errors.append(str(error))

    together(take, take)
    return tuple(got), tuple(errors)


def made_by_a_factory():
    lists = defaultdict(lambda: [])
    together(lambda: lists["key"].append(1), lambda: lists["key"].append(2))
    return tuple(lists["key"])


class Item:
    def __init__(self, rank):
        self.rank = rank

    def __lt__(self, other):
        return self.rank < other.rank


def heap():
    items = [Item(2), Item(4)]
    together(lambda: heappush(items, Item(3)), lambda: heappush(items, Item(1)))
    return tuple(item.rank for item in items)


def sorted_in_place():
    items, errors = [3, 1, 2], []

    def sort():
        try:
            items.sort(key=lambda item: -item)
        except ValueError as error:
            errors.append(str(error))

    together(sort, lambda: items.append(0))
    return tuple(items), tuple(errors)


BODIES = [
    *(cached, one_client, one_value, shared_generator, made_by_a_factory, heap),
    sorted_in_place,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_it_finds_the_outcomes_of_all_interleavings(body):
    options = {"search": "exhaustive", "stop_at_failure": False, "executions": 50_000}

    reduced = explore(body, **options)
    every = explore(body, preemptions=30, **options)

    assert reduced.complete
    assert every.complete
    assert set(reduced.outcomes) == set(every.outcomes)
    assert len(every.outcomes) > 1 or body is one_value  # which has a lock before 3.12
    assert reduced.executions <= every.executions
