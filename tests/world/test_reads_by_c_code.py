"""C code reads what lies in what it gets, and calls what it is given: others may be at it."""

import collections
import contextlib
import contextvars
import copy
import dataclasses
import functools
import heapq
import io
import itertools
import json
import logging
import operator
import pickle
import pprint
import random
import shlex
import statistics
import string
import struct
import urllib.parse
from types import SimpleNamespace

import pytest
from together import together

from harness import explore

# Each says whether the list in the list is empty; `lists == [[]]` at first.
EMPTY = {
    "sum of a generator": lambda lists: not sum((one for one in lists), []),  # noqa: RUF017
    "chain": lambda lists: not list(itertools.chain.from_iterable(lists)),
    "any": lambda lists: not any(lists),
    "union": lambda lists: not set().union(*lists),
    "map": lambda lists: not any(map(len, lists)),
    "zip": lambda lists: not list(zip(*lists, strict=True)),
    "deepcopy": lambda lists: copy.deepcopy(lists) == [[]],
    "json": lambda lists: json.dumps(lists) == "[[]]",
    "pickle": lambda lists: pickle.dumps(lists) == pickle.dumps([[]]),
    "pprint": lambda lists: pprint.pformat(lists) == "[[]]",
    "==": lambda lists: lists == [[]],
    "== of tuples": lambda lists: (lists[0], 1) == ([], 1),
    "in": lambda lists: [1] not in lists,
    "repr": lambda lists: repr(lists) == "[[]]",
    "an f-string": lambda lists: f"{lists[0]}" == "[]",
    "%": lambda lists: "%s" % lists[0] == "[]",  # noqa: UP031
    "str.format": lambda lists: "{0}".format(lists) == "[[]]",  # noqa: UP030, UP032
    "a template": lambda lists: string.Template("$one").substitute({"one": lists}) == "[[]]",
    "itemgetter": lambda lists: not operator.itemgetter(slice(1))(lists[0]),
    "methodcaller": lambda lists: not operator.methodcaller("copy")(lists[0]),
    "partial": lambda lists: not functools.partial(len, lists[0])(),
    "median": lambda lists: statistics.median([0, *map(len, lists)]) == 0,
    "urlencode": lambda lists: urllib.parse.urlencode({"one": lists}) == "one=%5B%5B%5D%5D",
    "join": lambda lists: shlex.join([f"{lists[0]}"]) == "'[]'",
    "nsmallest": lambda lists: not heapq.nsmallest(1, lists[0]),
    "zip of three": lambda lists: not list(zip([1], [2], lists[0], strict=False)),
    "chain of three": lambda lists: not list(itertools.chain((), (), lists[0])),
    "product of three": lambda lists: not list(itertools.product([1], [2], lists[0])),
    "map of three": lambda lists: not list(map(max, [1], [2], lists[0])),
    "union of three": lambda lists: not set().union([], [], lists[0]),
    "max of three": lambda lists: max([0], [], lists[0]) == [0],
    "str.format of three": lambda lists: "{}{}{}".format(1, 2, *lists) == "12[]",
    "str.format by name": lambda lists: (
        "{a}{b}{c}".format(a=1, b=2, c=lists[0]) == "12[]"  # noqa: UP032
    ),
    "print of three": lambda lists: printed(1, 2, lists[0]) == "1 2 []\n",
    "reduce from it": lambda lists: functools.reduce(operator.add, [[]], lists[0]) == [],
    "partial by name": lambda lists: functools.partial("{it}".format, it=lists[0])() == "[]",
    "*": lambda lists: max(0, 0, 0, *lists[0]) == 0,
    "** of what was given": lambda lists: "{it}".format(**{"it": lists[0]}) == "[]",
    "defaultdict": lambda lists: not collections.defaultdict(int, enumerate(lists[0])),
}


def printed(*values):
    file = io.StringIO()
    print(*values, file=file)
    return file.getvalue()


@pytest.mark.parametrize("name", EMPTY)
def test_lists_in_what_is_read_are_read(name):
    is_empty = EMPTY[name]

    def body():
        lists = [[]]

        def work():
            if is_empty(lists):
                lists[0].append(1)

        together(work, work)
        assert len(lists[0]) == 1

    assert explore(body, executions=100).verdict == "violated"


class Node:
    def __init__(self):
        self.items = []


# Each says whether the items of all nodes are empty, which it gets one after the other.
EMPTY_NODES = {
    "sum": lambda nodes: not sum((node.items for node in nodes), []),  # noqa: RUF017
    "chain": lambda nodes: not list(itertools.chain.from_iterable(node.items for node in nodes)),
    "any": lambda nodes: not any(node.items for node in nodes),
}


@pytest.mark.parametrize("name", EMPTY_NODES)
def test_what_a_generator_expression_yields_is_read(name):
    is_empty = EMPTY_NODES[name]

    def body():
        nodes = [Node(), Node()]

        def work():
            if is_empty(nodes):
                nodes[1].items += [1]

        together(work, work)
        assert nodes[1].items == [1]

    assert explore(body, executions=100).verdict == "violated"


def exit_stack(items):
    with contextlib.ExitStack() as stack:
        stack.callback(items.append, 1)


# Each appends to a list by a method that it hands on.
APPEND = {
    "partial": lambda items: functools.partial(items.append, 1)(),
    "map": lambda items: list(map(items.append, [1])),
    "a key": lambda items: max([1], key=items.append),
    "ExitStack": exit_stack,
    "eval": lambda items: eval("items.append(1)"),
    "a context": lambda items: contextvars.copy_context().run(items.append, 1),
    "methodcaller": lambda items: operator.methodcaller("append", 1)(items),
    "a key of three": lambda items: max([1], default=0, key=items.append),
    "*": lambda items: list.append(*[items, 1]),
    "heappush by *": lambda items: heapq.heappush(*(items, 1)),
    "partial by *": lambda items: functools.partial(list.insert, items)(*(0, 1)),
}


@pytest.mark.parametrize("name", APPEND)
def test_methods_that_are_handed_on_are_called(name):
    append = APPEND[name]

    def body():
        items = []

        def work():
            if not items:
                append(items)

        together(work, work)
        assert len(items) == 1

    assert explore(body, executions=100).verdict == "violated"


@dataclasses.dataclass
class Pair:
    left: int = 0
    right: int = 0


# Each returns left and right of a pair as one step sees them.
BOTH = {
    "asdict": lambda pair: tuple(dataclasses.asdict(pair).values()),
    "astuple": dataclasses.astuple,
    "copy": lambda pair: dataclasses.astuple(copy.copy(pair)),
    "vars": lambda pair: tuple(dict(vars(pair)).values()),
    "attrgetter": operator.attrgetter("left", "right"),
    "sorted by attrgetter": lambda pair: (
        sorted([pair], key=operator.attrgetter("left"))[0].left,
        pair.right,
    ),
}


@pytest.mark.parametrize("name", BOTH)
def test_attributes_in_what_is_read_are_read(name):
    both = BOTH[name]

    def body():
        pair, seen = Pair(), []

        def write():
            pair.left = 1
            pair.right = 1

        together(write, lambda: seen.append(both(pair)))
        return seen[0]

    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert {(0, 0), (1, 0), (1, 1)} <= {outcome.value for outcome in outcomes}


def test_a_namespace_is_compared_by_its_attributes():
    def body():
        space = SimpleNamespace(n=0)
        seen = []

        def write():
            space.n = 1

        together(write, lambda: seen.append(space == SimpleNamespace(n=0)))
        return seen[0]

    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert {outcome.value for outcome in outcomes} == {True, False}


def test_what_is_logged_is_read():
    class Keeping(logging.Handler):
        def emit(self, record):
            kept.append(record.getMessage())

    kept = []
    logger = logging.Logger("of this test")
    logger.addHandler(Keeping())

    def body():
        kept.clear()
        state = {"n": 0}
        together(lambda: state.update(n=1), lambda: logger.warning("state %s", state))
        return kept[0]

    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert {outcome.value for outcome in outcomes} == {"state {'n': 0}", "state {'n': 1}"}


def test_a_methodcaller_may_have_keywords():
    def body():
        shared = {}
        update = operator.methodcaller("update", key=1)
        together(lambda: update(shared), lambda: update(shared))
        return shared

    exploration = explore(body, search="exhaustive")

    assert exploration.verdict == "holds"
    assert exploration.executions == 2


def test_shuffling_is_a_write():
    def body():
        items = [1, 2, 3]
        together(lambda: random.shuffle(items), lambda: items.append(4))
        return tuple(items)

    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert len(outcomes) == 2


def evaluated():
    local = 5
    found = {}
    exec("found['exec'] = local", {"local": local, "found": found})
    return (
        found["exec"],
        eval(" local + 1"),
        eval("local", {"local": 7}),
        eval(compile("local", "<text>", "eval"), {}, {"local": 8}),
        sorted(eval("locals()")),
        "evaluated" in eval("globals()"),
    )


def test_eval_and_exec_see_the_names_that_they_see_outside():
    expected = evaluated()

    def body():
        seen = []
        together(*[lambda: seen.append(evaluated())] * 2)
        return seen

    outcomes = explore(body, executions=5, stop_at_failure=False).outcomes

    assert [outcome.value for outcome in outcomes] == [[expected, expected]]


@pytest.mark.parametrize("of", [lambda one: one, memoryview])
@pytest.mark.parametrize("pack_into", [struct.pack_into, lambda *all_: struct.pack_into(*all_)])
def test_what_c_code_writes_into_a_buffer_is_seen(pack_into, of):
    def body():
        buffer, seen = bytearray(4), []
        view = of(buffer)
        together(lambda: pack_into("<i", view, 0, 1), lambda: seen.append(buffer[0]))
        return seen[0]

    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert {outcome.value for outcome in outcomes} == {0, 1}


def test_attributes_are_set_by_arguments_in_a_tuple():
    def body():
        space = SimpleNamespace(n=0)

        def work():
            setattr(*(space, "n", space.n + 1))

        together(work, work)
        return space.n

    outcomes = explore(body, search="exhaustive", stop_at_failure=False).outcomes

    assert {outcome.value for outcome in outcomes} == {1, 2}


def test_what_is_stored_by_three_arguments_is_not_read():
    def body():
        space, items = SimpleNamespace(), []
        together(lambda: setattr(space, "items", items), lambda: items.append(1))

    assert explore(body, search="exhaustive").executions == 1
