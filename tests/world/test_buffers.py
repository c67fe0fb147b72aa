"""Views of one buffer, and the buffer itself, are one location; constants are compared with it."""

import io
from array import array

import pytest
from together import together

from harness import explore

BUFFERS = {
    "bytearray": lambda: bytearray(2),
    "array": lambda: array("B", [0, 0]),
}
VIEWS = {
    "a view": memoryview,
    "a slice": lambda buffer: memoryview(buffer)[:1],
    "a cast": lambda buffer: memoryview(buffer).cast("b"),
    "a view of a view": lambda buffer: memoryview(memoryview(buffer)),
}
# Each says whether `buffer == bytearray(b"x")` is as it was at first.
COMPARED = {
    "== bytes": lambda buffer: buffer == b"x",
    "!= bytes": lambda buffer: not buffer != b"x",
    "< bytes": lambda buffer: buffer > b"a",
    "+ bytes": lambda buffer: buffer + b"" == bytearray(b"x"),
    "% a tuple": lambda buffer: buffer % () == bytearray(b"x"),
    "== of a view": lambda buffer: memoryview(buffer) == b"x",
    "== of tuples": lambda buffer: (buffer, 1) == (b"x", 1),
}


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.complete
    return {outcome.value for outcome in exploration.outcomes}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("buffer", BUFFERS)
def test_what_is_written_through_a_view_is_read_elsewhere(buffer, view):
    def body():
        memory, seen = BUFFERS[buffer](), []
        shown = VIEWS[view](memory)

        def write():
            shown[0] = 1

        together(write, lambda: seen.append(memory[0]))
        return seen[0]

    assert outcomes_of(body) == {0, 1}


def test_two_views_of_one_buffer_are_one_location():
    def body():
        memory = bytearray(1)
        views = [memoryview(memory), memoryview(memory)]

        def count_up(view):
            view[0] = view[0] + 1

        together(lambda: count_up(views[0]), lambda: count_up(views[1]))
        return memory[0]

    assert outcomes_of(body) == {1, 2}


def test_a_file_in_memory_changes_through_its_buffer():
    def body():
        file, seen = io.BytesIO(bytes(1)), []
        with file.getbuffer() as buffer:

            def write():
                buffer[0] = 1

            together(write, lambda: seen.append(file.getvalue()[0]))
        return seen[0]

    assert outcomes_of(body) == {0, 1}


def test_a_buffer_can_grow_once_its_view_is_released():
    def body():
        memory, failed = bytearray(1), []
        view = memoryview(memory)

        def grow():
            try:
                memory.append(1)
            except BufferError:
                failed.append(1)

        together(view.release, grow)
        return len(failed)

    assert outcomes_of(body) == {0, 1}


def test_a_released_view_is_looked_at_without_harm():
    def body():
        view, errors = memoryview(bytearray(1)), []

        def read():
            try:
                view[0]
            except ValueError:
                errors.append(1)

        together(view.release, read)
        return len(errors)

    assert outcomes_of(body) == {0, 1}


@pytest.mark.parametrize("name", COMPARED)
def test_a_buffer_is_compared_with_a_constant(name):
    is_as_before = COMPARED[name]

    def body():
        buffer, seen = bytearray(b"x"), []

        def write():
            buffer[0] = 0

        together(write, lambda: seen.append(is_as_before(buffer)))
        return seen[0]

    assert outcomes_of(body) == {True, False}
