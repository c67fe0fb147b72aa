"""The optimal search on abstract programs: exactly one execution for each trace."""

import gc
from math import factorial

import pytest
from abstract_programs import Run, trace_of

from harness.search.dpor import OptimalSearch


def searched(program):
    """Return the number of executions, of those that fail, and of distinct traces."""
    search, numbers = OptimalSearch(), {}
    executions, failing, traces = 0, 0, set()
    while search.begin():
        run = Run(search, program, numbers)
        run.run()
        search.end()
        executions += 1
        failing += run.failed
        traces.add(trace_of(run.order))
    return executions, failing, len(traces)


def increment(x, amount=1):
    value = yield "read", x
    yield "write", x, value + amount


def locked(lock, steps):
    yield "acquire", lock
    result = yield from steps
    yield "release", lock
    return result


def repeated(times, make):
    for _ in range(times):
        yield from make()


def just(*operations):
    for operation in operations:  # noqa: UP028  what is sent is for nobody
        yield operation


def readers(count):
    return lambda: [just(("write", "x", 1)), *(just(("read", "x")) for _ in range(count))]


def lastzero(count):
    def write(cell):
        value = yield "read", cell - 1
        yield "write", cell, value + 1

    def read():
        cell = count
        while (yield "read", cell) != 0:
            cell -= 1

    return lambda: [read(), *(write(cell) for cell in range(1, count + 1))]


def counters(tasks, rounds):
    return lambda: [repeated(rounds, lambda: increment("x")) for _ in range(tasks)]


def locked_counters(tasks, rounds):
    def one():
        return locked("lock", increment("x"))

    return lambda: [repeated(rounds, one) for _ in range(tasks)]


def deadlock01():
    return [
        locked("a", locked("b", increment("count"))),
        locked("b", locked("a", increment("count", -1))),
    ]


def twostage():
    def write_second():
        value = yield "read", "first"
        yield "write", "second", value + 1

    def write():
        yield from locked("lock 1", just(("write", "first", 1)))
        yield from locked("lock 2", write_second())

    def read_one(x):
        return (yield "read", x)

    def read():
        if (yield from locked("lock 1", read_one("first"))) == 0:
            return
        yield "acquire", "lock 2"
        second, first = (yield "read", "second"), (yield "read", "first")
        yield "release", "lock 2"
        assert second == first + 1

    return [write(), read()]


def reorder(setters, checkers):
    def set_both():
        yield "write", "a", 1
        yield "write", "b", -1

    def check():
        if (yield "read", "a") == 0 and (yield "read", "b") == 0:
            return
        assert (yield "read", "a") == 1
        assert (yield "read", "b") == -1

    return lambda: [set_both() for _ in range(setters)] + [check() for _ in range(checkers)]


def lazy01():
    def check():
        value = yield from locked("lock", read())
        assert value < 3

    def read():
        return (yield "read", "x")

    return [locked("lock", increment("x")), locked("lock", increment("x", 2)), check()]


def token_ring():
    def pass_on(number, source, target, change):
        def steps():
            value = yield "read", source
            yield "write", target, change(value)
            yield "write", number, True

        return locked("lock", steps())

    def check():
        good = yield from locked("lock", compare())
        assert good

    def compare():
        for number in range(1, 4):
            if not (yield "read", number):
                return True
        values = set()
        for x in ("x1", "x2", "x3"):
            values.add((yield "read", x))
        return len(values) == 1

    return [
        pass_on(1, "x3", "x1", lambda value: (value + 1) % 4),
        pass_on(2, "x1", "x2", lambda value: value),
        pass_on(3, "x2", "x3", lambda value: value),
        check(),
    ]


token_ring.initial = {"x1": 1, "x2": 2, "x3": 1}


def indexer(tasks):
    def insert(key):
        slot = key * 7 % 128
        while not (yield from locked(("lock", slot), insert_at(slot, key))):
            slot = (slot + 1) % 128

    def insert_at(slot, key):
        if (yield "read", slot) != 0:
            return False
        yield "write", slot, key
        return True

    def insert_four(number):
        for message in range(4):
            yield from insert(message * 11 + number)

    return lambda: [insert_four(number) for number in range(1, tasks + 1)]


def filesystem(tasks):
    def allocate(number):
        inode = number % 32
        yield from locked(("inode lock", inode), use(inode))

    def use(inode):
        if (yield "read", ("inode", inode)):
            return
        block = inode * 2 % 26
        while not (yield from locked(("block lock", block), take(inode, block))):
            block = (block + 1) % 26

    def take(inode, block):
        if (yield "read", ("busy", block)):
            return False
        yield "write", ("busy", block), True
        yield "write", ("inode", inode), block + 1
        return True

    return lambda: [allocate(number) for number in range(tasks)]


PROGRAMS = {  # with the numbers of traces and of those that fail
    **{f"readers {count}": (readers(count), 2**count, 0) for count in (1, 2, 3, 8)},
    **{
        f"lastzero {count}": (lastzero(count), (count + 3) * 2 ** (count - 2), 0)
        for count in (2, 3, 5, 8, 10)
    },
    "counters 2x1": (counters(2, 1), 4, 0),
    "counters 2x2": (counters(2, 2), 34, 0),
    "counters 3x1": (counters(3, 1), 36, 0),
    **{
        f"locked counters {tasks}x{rounds}": (
            locked_counters(tasks, rounds),
            factorial(tasks * rounds) // factorial(rounds) ** tasks,
            0,
        )
        for tasks, rounds in ((2, 2), (3, 1), (3, 2))
    },
    "deadlock01": (deadlock01, 3, 1),
    "twostage": (twostage, 3, 1),
    "reorder_3": (reorder(2, 1), 56, 12),
    "lazy01": (lazy01, 6, 2),
    "token_ring": (token_ring, 24, 4),
    "indexer 12": (indexer(12), 8, 0),
    **{
        f"filesystem {tasks}": (filesystem(tasks), traces, 0)
        for tasks, traces in ((14, 2), (16, 8), (18, 32), (19, 64))
    },
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_trace_is_run_exactly_once(name):
    program, traces, failing = PROGRAMS[name]

    assert searched(program) == (traces, failing, traces)


@pytest.fixture
def only_new_objects():
    """Let the garbage collector list no object that is there already, which would take long."""
    gc.freeze()
    yield
    gc.unfreeze()


def kept():
    """Return how many objects there are that the search has made, or was given."""
    return sum(
        type(one).__module__.startswith(("harness.search", "harness.operation"))
        for one in gc.get_objects()
    )


def most_kept(program):
    """Return the largest number of objects that are kept, and of operations of an execution."""
    search, numbers = OptimalSearch(), {}
    most, depth = 0, 0
    while search.begin():
        run = Run(search, program, numbers)
        run.run()
        search.end()
        most, depth = max(most, kept()), max(depth, len(run.order))
    return most, depth


@pytest.mark.usefixtures("only_new_objects")
@pytest.mark.parametrize(
    ("small", "large"),
    [(readers(5), readers(9)), (lastzero(4), lastzero(7)), (counters(2, 2), counters(2, 3))],
    ids=["readers", "lastzero", "counters"],
)
def test_what_is_kept_grows_with_the_depth_and_not_with_the_traces(small, large):
    (kept_of_small, depth_of_small), (kept_of_large, depth_of_large) = map(
        most_kept, (small, large)
    )

    assert kept_of_large <= kept_of_small * (depth_of_large / depth_of_small) ** 2
