"""Where Python code out of scope starts is looked at, if nobody else's tools are in the way."""

import sys
import threading
from contextlib import contextmanager, suppress
from email.message import Message

import pytest

from harness import UsageError, explore
from harness.control.gil.library_frames import library_frames

pytestmark = pytest.mark.needs_gil
PY312 = sys.version_info >= (3, 12)


class Box:
    def __init__(self):
        self.n = 0
        self.table = Message()
        self.table["a"] = "1"


def unpacking():
    box = Box()

    def work():
        table = box.table
        seen = box.n
        _ = {**table}
        box.n = seen + 1

    started = [threading.Thread(target=work) for _ in range(2)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert box.n == 2, "an increment was lost"


def tools():
    if PY312:
        return [sys.monitoring.get_tool(tool) for tool in range(6)]
    return [sys.getprofile()]


@contextmanager
def nobody_can_look():
    if PY312:
        free = [tool for tool in range(6) if sys.monitoring.get_tool(tool) is None]
        for tool in free:
            sys.monitoring.use_tool_id(tool, "somebody else")
        try:
            yield
        finally:
            for tool in free:
                sys.monitoring.free_tool_id(tool)
    else:
        sys.setprofile("".format)  # C code, so that it has no hooks itself
        try:
            yield
        finally:
            sys.setprofile(None)


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
def test_it_is_seen_on_each_carrier(carrier):
    found = explore(unpacking, model="gil", carrier=carrier, executions=300)

    assert "an increment was lost" in str(found.failure.exception)


def test_it_is_seen_again_and_again():
    verdicts = [
        explore(unpacking, model=model, executions=300).verdict
        for model in ("gil", "free-threaded", "gil", "gil")
    ]

    assert verdicts == ["violated"] * 4


def test_the_other_model_looks_at_nothing():
    looked = []

    def body():
        looked.append(library_frames.seen)

    for model in ("gil", "free-threaded"):
        explore(body, model=model, executions=1)

    assert looked[0]
    assert not looked[-1]


@pytest.mark.parametrize("error", [None, KeyError, UsageError("of the harness")])
def test_it_leaves_nothing_behind(error):
    def body():
        if error is not None:
            raise error

    before = tools()
    with suppress(UsageError):
        explore(body, model="gil", executions=3)

    assert tools() == before
    assert not library_frames.seen


def test_where_others_look_what_is_known_beforehand_counts():
    def body():
        box = Box()

        def work():
            table = box.table
            seen = box.n
            table["a"]
            box.n = seen + 1

        started = [threading.Thread(target=work) for _ in range(2)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        assert box.n == 2

    with nobody_can_look():
        before = tools()
        assert explore(body, model="gil", executions=300).verdict == "violated"
        assert explore(unpacking, search="exhaustive", model="gil").verdict == "holds"
        assert tools() == before


if PY312:

    def test_another_tool_goes_on_seeing_what_it_asked_for():
        monitoring = sys.monitoring
        started = []
        tool = next(tool for tool in range(6) if monitoring.get_tool(tool) is None)
        monitoring.use_tool_id(tool, "somebody else")
        try:
            monitoring.register_callback(
                tool, monitoring.events.PY_START, lambda code, _: started.append(code.co_name)
            )
            monitoring.set_events(tool, monitoring.events.PY_START)
            assert explore(unpacking, model="gil", executions=300).verdict == "violated"
            monitoring.set_events(tool, monitoring.events.NO_EVENTS)
        finally:
            monitoring.free_tool_id(tool)

        assert {"unpacking", "work"} <= set(started)
