"""The exhaustive search where the order decides whether an object or its class has an attribute.

What a read touches is then known only in the execution that does it.
"""

from itertools import permutations

import pytest
from together import together

from harness import explore


class Base:
    value = "of the class"


class Thing(Base):
    pass


def rebind(thing):
    Base.value = "of the class, rebound"


def hide(thing):
    thing.value = "of the object"


def uncover(thing):
    del thing.value


def body_of(changes, order, hidden):
    def body():
        thing, seen = Thing(), []
        if hidden:
            thing.value = "of the object"
        tasks = [lambda: seen.append(thing.value), *[lambda one=one: one(thing) for one in changes]]
        together(*[tasks[number] for number in order])
        return seen[0]

    return body


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("change", [hide, uncover])
def test_each_value_is_seen_in_whatever_order_the_threads_start(change, order):
    body = body_of((change, rebind), order, change is uncover)

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert exploration.complete
    assert {outcome.value for outcome in exploration.outcomes} == {
        "of the class",
        "of the class, rebound",
        "of the object",
    }
