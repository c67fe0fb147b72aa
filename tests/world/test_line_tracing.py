"""Hypothesis notes the lines of the test around an exploration, and none of what runs inside."""

import sys

from hypothesis.internal.scrutineer import Tracer

from harness import explore


def lines_of(trace, file):
    return {
        line for branch in trace if branch[0] is not None for name, line in branch if name == file
    }


def test_hypothesis_notes_what_is_around_an_exploration_only():
    def body():
        one = 1
        return one

    def test():
        before = 1
        explore(body, executions=3)
        return before + 1

    with Tracer(should_trace=True) as tracer:
        assert test() == 2

    noted = lines_of(tracer.branches, __file__)
    inside, around = (function.__code__.co_firstlineno for function in (body, test))
    assert not any("scheduler.py" in str(branch) for branch in tracer.branches)
    assert not noted & {inside + 1, inside + 2}
    assert {around + 1, around + 2, around + 3} <= noted


def test_other_tracing_is_left_alone():
    lines = []

    def trace(frame, event, argument):
        lines.append(frame.f_lineno)
        return trace

    kept = sys.gettrace()
    sys.settrace(trace)
    try:
        explore(lambda: None, executions=3)
        assert sys.gettrace() == trace
    finally:
        sys.settrace(kept)

    assert len(lines) > 100
