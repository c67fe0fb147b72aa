"""What only weak references lead to dies when it would die without the harness, seen by all."""

import weakref
from threading import Lock

import pytest
from together import together

from harness import explore

LOCKS = weakref.WeakValueDictionary()


class Named:
    """Share a lock with everybody who has the same name, as long as there is somebody."""

    def __init__(self, name):
        if name in LOCKS:
            self.lock = LOCKS[name]
        else:
            self.lock = LOCKS[name] = Lock()


class Registered:
    """Keep a lock for each name by one call."""

    def __init__(self, name):
        self.lock = LOCKS.setdefault(name, Lock())


def at_a_time(kind=Named):
    inside, most = [], []

    def work():
        with kind("name").lock:
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    together(work, work)
    return max(most)


@pytest.mark.parametrize("search", ["auto", "random", "exhaustive"])
def test_each_execution_begins_without_the_locks_of_the_last_one(search):
    known = []

    def body():
        known.append(len(LOCKS))
        at_a_time()

    explore(body, search=search, executions=50, stop_at_failure=False)

    assert set(known) == {0}


@pytest.mark.parametrize("kind", [Named, Registered])
def test_two_locks_of_one_name_are_found(kind):
    def body():
        assert at_a_time(kind) == 1

    assert explore(body).verdict == "violated"


class Thing:
    pass


class Holder:
    def __init__(self):
        self.thing = Thing()


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.complete, exploration.reason
    return {getattr(outcome, "value", type(outcome)) for outcome in exploration.outcomes}


def look_at_proxy(proxy):
    try:
        proxy.__class__  # noqa: B018  it is the look
    except ReferenceError:
        return False
    return True


def weak_set(thing):
    things = weakref.WeakSet()
    things.add(thing)
    return things


def weak_keys(thing):
    things = weakref.WeakKeyDictionary()
    things[thing] = 1
    return things


def weak_values(thing):
    things = weakref.WeakValueDictionary()
    things[1] = thing
    return things


# How to refer to a thing weakly, and how to look whether it lives.
WEAK = {
    "ref": (weakref.ref, lambda reference: reference() is not None),
    "ref with a callback": (
        lambda thing: weakref.ref(thing, lambda _: None),
        lambda reference: reference() is not None,
    ),
    "proxy": (weakref.proxy, look_at_proxy),
    "WeakSet": (weak_set, lambda things: len(things) == 1),
    "a loop over a WeakSet": (weak_set, lambda things: [thing for thing in things] != []),
    "C code over a WeakSet": (weak_set, lambda things: any(True for _ in things)),
    "WeakKeyDictionary": (weak_keys, lambda things: len(things) == 1),
    "WeakValueDictionary": (weak_values, lambda things: things.get(1) is not None),
}
# How the last reference is dropped by an access.
DROPS = {
    "set": lambda holder: setattr(holder, "thing", None),
    "delete": lambda holder: holder.__delattr__("thing"),
    "clear": lambda holder: vars(holder).clear(),
}


@pytest.mark.parametrize("drop", DROPS)
@pytest.mark.parametrize("weak", WEAK)
def test_others_may_look_before_and_after_its_end(weak, drop):
    refer, lives = WEAK[weak]

    def body():
        holder, seen = Holder(), []
        weakly = refer(holder.thing)
        together(lambda: DROPS[drop](holder), lambda: seen.append(lives(weakly)))
        return seen[0]

    assert outcomes_of(body) == {True, False}


@pytest.mark.parametrize(
    "call_at_the_end",
    [
        lambda thing, items: weakref.ref(thing, items.append),
        lambda thing, items: weakref.finalize(thing, items.append, 1),
    ],
    ids=["ref", "finalize"],
)
def test_a_function_of_c_is_called_at_its_end(call_at_the_end):
    def body():
        holder, items, seen = Holder(), [], []
        kept = call_at_the_end(holder.thing, items)

        def drop():
            holder.thing = None

        together(drop, lambda: seen.append(len(items)))
        return seen[0], kept is None

    assert outcomes_of(body) == {(0, False), (1, False)}


def test_a_value_may_die_between_two_looks():
    def body():
        holder, seen = Holder(), []
        things = weak_values(holder.thing)

        def drop():
            holder.thing = None

        def look():
            if 1 in things:
                seen.append(things[1])

        together(drop, look)

    assert KeyError in {
        type(outcome.exception)
        for outcome in explore(body, search="exhaustive", stop_at_failure=False).outcomes
        if hasattr(outcome, "exception")
    }


def test_nothing_holds_where_a_local_variable_decides():
    def body():
        references, seen = [], {"alive": True}

        def make():
            thing = Thing()
            references.append(weakref.ref(thing))
            seen["made"] = True
            thing = None

        def look():
            if references:
                seen["alive"] = references[0]() is not None

        together(make, look)

    exploration = explore(body, search="exhaustive")

    assert exploration.verdict == "inconclusive"
    assert "an object dies with a local variable" in exploration.reason
    assert "test_weak_references.py" in exploration.reason


def test_what_dies_before_or_after_the_others_run_is_no_matter():
    def body():
        counts = {"n": 0}

        def work():
            counts["n"] += 1

        early = Thing()
        reference = weakref.ref(early)
        del early
        late = Thing()
        other = weakref.ref(late)
        together(work, work)
        del late
        return reference() is None and other() is None

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert exploration.verdict == "holds"
    assert all(outcome.value for outcome in exploration.outcomes)
