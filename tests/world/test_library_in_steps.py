"""Functions of the standard library in Python are several steps: others may come in between."""

import base64
import collections
import configparser
import contextlib
import copy
import csv
import dataclasses
import functools
import heapq
import io
import itertools
import json
import statistics
import string
import subprocess
import sys
import types
from unittest import mock

import pytest
from together import together

from harness import explore


@dataclasses.dataclass
class Pair:
    left: object = 1
    right: object = 1


class Plain:
    def __init__(self):
        self.left, self.right = [1], [1]


def two_lists():
    return {"x": [1], "y": [2]}


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.complete
    return {outcome.value for outcome in exploration.outcomes}


def seen_while(change, read, made):
    def body():
        shared, seen = made(), []

        def look():
            try:
                seen.append(read(shared))
            except (RuntimeError, KeyError, ValueError) as error:
                seen.append(type(error).__name__)

        together(lambda: change(shared), look)
        return repr(seen[0])

    return outcomes_of(body)


def change_both(shared):
    shared["left"], shared["right"] = 2, 2


def change_both_attributes(shared):
    shared.left, shared.right = 2, 2


def dumped(shared):
    file = io.StringIO()
    json.dump(shared, file)
    return file.getvalue()


def both_of_a_copy(one):
    copied = copy.deepcopy(one)
    return copied.left, copied.right


def append_to_both(shared):
    shared.left.append(2)
    shared.right.append(2)


# What is made, what one thread does to it, what the other does, and what only comes out if the
# first does all of it in the middle of the second.
IN_BETWEEN = {
    "deepcopy": (two_lists, lambda d: d.update(a=[1]), copy.deepcopy, "'RuntimeError'"),
    "deepcopy of an object": (
        Plain,
        append_to_both,
        both_of_a_copy,
        "([1], [1, 2])",
    ),
    "asdict": (Pair, change_both_attributes, dataclasses.asdict, "{'left': 1, 'right': 2}"),
    "replace": (Pair, change_both_attributes, dataclasses.replace, "Pair(left=1, right=2)"),
    "json": (
        two_lists,
        lambda d: d.update(a=1),
        dumped,
        "'RuntimeError'",
    ),
    "merge": (
        lambda: [1, 2, 3],
        lambda items: items.pop(0),
        lambda items: list(heapq.merge(items, [9])),
        "[1, 3, 9]",
    ),
    "one look after another": (
        lambda: [1, 2, 3, 4],
        lambda items: items.__setitem__(slice(None), [1]),
        lambda items: [*statistics.multimode(items), *heapq.nlargest(1, items)],
        "[1, 2, 3, 4, 1]",
    ),
    "a template": (
        lambda: {"left": 1, "right": 1},
        change_both,
        string.Template("$left $right").substitute,
        "'1 2'",
    ),
    "items of a mapping": (
        lambda: collections.UserDict(left=1, right=1),
        lambda shared: shared.update(new=1),
        lambda shared: list(shared.items()),
        "'RuntimeError'",
    ),
}


@pytest.mark.parametrize("name", IN_BETWEEN)
def test_others_come_in_between(name):
    made, change, read, in_between = IN_BETWEEN[name]
    outcomes = seen_while(change, read, made)

    assert in_between in outcomes
    assert len(outcomes) > 2


def test_a_patch_is_set_and_put_back():
    def body():
        one, seen = Pair(), []

        def patch():
            with mock.patch.object(one, "left", 2):
                pass

        together(patch, lambda: seen.append(one.left))
        return seen[0], one.left

    assert outcomes_of(body) == {(1, 1), (2, 1)}


def test_a_patch_can_undo_what_others_have_set():
    def body():
        one = Pair()

        def patch():
            with mock.patch.object(one, "left", 2):
                pass

        def set_left():
            one.left = 3

        together(patch, set_left)
        return one.left

    assert outcomes_of(body) == {1, 3}


def test_what_closing_calls_may_be_a_function_of_c():
    def body():
        items, seen = [1], []

        def leave():
            with contextlib.closing(types.SimpleNamespace(close=items.clear)):
                pass

        together(leave, lambda: seen.append(len(items)))
        return seen[0]

    assert outcomes_of(body) == {0, 1}


def test_a_section_is_a_part_of_its_parser():
    def body():
        parser, seen = configparser.ConfigParser(), []
        parser["section"] = {"x": "1"}
        section = parser["section"]

        def write():
            section["x"] = "2"

        together(write, lambda: seen.append(parser.get("section", "x")))
        return seen[0]

    assert outcomes_of(body) == {"1", "2"}


def test_python_code_of_the_library_reads_a_container_that_it_gets():
    def body():
        data, seen = bytearray(b"1"), []
        together(lambda: data.append(50), lambda: seen.append(base64.b64encode(data)))
        return seen[0]

    assert outcomes_of(body) == {base64.b64encode(b"1"), base64.b64encode(b"12")}


class Made:
    count = 0

    @functools.cached_property
    def x(self):
        self.count += 1
        return self.count


BY_NAME = {"a name": lambda one: one.x, "getattr": lambda one: getattr(one, "x")}  # noqa: B009


@pytest.mark.parametrize("how", BY_NAME)
def test_a_cached_property_may_be_made_twice(how):
    def body():
        one, seen = Made(), []
        together(*[lambda: seen.append(BY_NAME[how](one))] * 2)
        return sorted(seen) == [1, 1]

    assert outcomes_of(body) == ({True, False} if sys.version_info >= (3, 12) else {True})


def test_a_cache_may_be_called_by_c_code():
    def body():
        calls = []

        @functools.cache
        def made(number):
            calls.append(number)

        together(lambda: made(1), lambda: list(map(made, [1])))
        return len(calls)

    assert outcomes_of(body) == {1, 2}


SHARED = {
    "csv": lambda: csv.reader("123"),
    "a file in memory": lambda: io.StringIO("1\n2\n3\n"),
    "a count": lambda: itertools.count(1),
    "a cycle": lambda: itertools.cycle("123"),
}
TAKE = {
    "for": lambda items: next(item for item in items),
    "zip": lambda items: next(zip(items, "a", strict=False))[0],
    "next": next,
}


@pytest.mark.parametrize("take", TAKE)
@pytest.mark.parametrize("shared", SHARED)
def test_each_iterator_of_c_code_goes_on_at_each_step(shared, take):
    def body():
        items, first, second = SHARED[shared](), [], []
        together(lambda: first.append(TAKE[take](items)), lambda: second.append(TAKE[take](items)))
        return repr((first, second))

    assert len(outcomes_of(body)) == 2


FROZEN = """
import copy, gc
from threading import Thread
from harness import explore

def body():
    items, seen = [[1], [2]], []
    reader = Thread(target=lambda: seen.append(copy.deepcopy(items)))
    reader.start()
    items[0] = [3]
    items[1] = [4]
    reader.join()
    return seen[0]

gc.freeze()
print(len(explore(body, search="exhaustive", stop_at_failure=False).outcomes))
"""


def test_library_code_that_the_collector_does_not_list_is_found():
    ended = subprocess.run(
        [sys.executable, "-c", FROZEN], check=False, capture_output=True, text=True
    )

    assert ended.stdout.strip() == "4", ended.stderr  # 3 if it were one step
