"""The table of an execution, made from steps that never ran."""

from dataclasses import replace

import pytest

from harness.outcome import Location
from harness.report.table import lost_update, relevant, table_of
from harness.step import TIME_IS_OVER, Step
from harness.trace import Trace

NAMES = ("body", "Thread-1 (increment)", "auditor")


def step(task, kind, value="", *, what="Counter.n", line=7, source="self.n += 1", **more):
    return Step(
        **{"task": task, "point": 1, "kind": kind, "what": what, "value": value, "contended": True}
        | {"location": Location("counter.py", line), "source": source}
        | more
    )


LOST_UPDATE = Trace(
    (
        step(1, "read", "0"),
        step(2, "read", "0"),
        step(2, "write", "1"),
        step(1, "write", "1", switched=True),
    ),
    NAMES,
)


def test_table_has_a_column_for_each_task_that_has_a_row():
    assert table_of(LOST_UPDATE).splitlines() == [
        "                     T1 increment      T2 auditor",
        "   1   counter.py:7  self.n += 1  → 0",
        "   2   counter.py:7                    self.n += 1  → 0",
        "   3   counter.py:7                    self.n += 1  ← 1",
        "   4 * counter.py:7  self.n += 1  ← 1",
    ]


def test_table_without_rows_says_so():
    assert table_of(Trace((), NAMES)) == "(no step that another thread could see)"


def test_steps_that_nobody_else_sees_are_left_out():
    lonely = step(1, "read", "0", contended=False)
    lock = [
        step(task, "acquire", what="Lock 'a' (counter.py:3)", contended=False) for task in (1, 2)
    ]
    own_lock = step(1, "acquire", what="Lock 'b' (counter.py:4)", contended=False)

    assert relevant(Trace((lonely, *lock, own_lock), NAMES)) == lock


def test_long_source_is_cut_and_the_value_is_kept():
    text = table_of(Trace((step(1, "write", "'the value'", source="x" * 300),), NAMES))

    assert text.endswith("…  ← 'the value'")
    assert max(map(len, text.splitlines())) < 100


LONG = "if self.table is not self.the_tables_of_all_lexers_by_name['comment and string']"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("{'root': ['a long value'], 'string': ['…", "  ← {'root': ['a long value']…"),
        ("'xxxxxxxxxxxxxxxxxxx…line of the report'", "  ← 'xxxxxxxxxxxx… the report'"),
    ],
)
def test_source_has_half_of_the_cell_where_the_value_is_long_too(value, shown):
    row = table_of(Trace((step(1, "write", value, source=LONG),), NAMES)).splitlines()[1]
    source = row.partition("counter.py:7  ")[2].partition("…  ←")[0]

    assert len(source) >= 29
    assert LONG.startswith(source)
    assert row.endswith(shown)


def test_row_of_a_wide_table_still_shows_its_source():
    names = ("body", *(f"worker {number}" for number in range(1, 9)))
    value = "{'root': ['a long value'], 'string': ['…"
    path = Location("some/deep/folder" * 9 + "machinery.py", 3)
    steps = [step(task, "read", value, source=LONG, location=path) for task in range(1, 9)]

    for row in table_of(Trace(tuple(steps), names)).splitlines()[1:]:
        assert LONG[:19] in row
        assert "→ {'root': ['a " in row


@pytest.mark.parametrize("folder", ["/opt/site-packages", "/usr/lib/python3/dist-packages"])
def test_path_of_a_package_is_what_one_would_import(folder):
    place = Location(f"{folder}/lark/lexer.py", 583)
    text = table_of(Trace((step(1, "read", "0", location=place),), NAMES))

    assert text.splitlines()[1].startswith("   1   lark/lexer.py:583  self.n")


def test_rows_that_look_the_same_are_one():
    same = step(1, "read", what="set", source="for x in found:")
    steps = (same, replace(same, point=2), replace(same, point=3), step(1, "read", "0"))

    assert relevant(Trace((*steps, same), NAMES)) == [same, steps[3], same]
    interrupted = replace(same, switched=True)
    assert relevant(Trace((same, interrupted), NAMES)) == [same, interrupted]


def test_row_without_source_names_the_function_and_what_it_touches():
    made = Location("<string>", 4)
    function = "__create_fn__.<locals>.__init__"
    steps = (step(1, "write", "1", what="Point.x", location=made, function=function, source=""),)

    assert table_of(Trace(steps, NAMES)).splitlines()[1].endswith("  __init__: Point.x  ← 1")


def test_step_without_a_value_names_what_it_touches():
    steps = (
        step(1, "read", what="dict", source="for x in table:"),
        step(1, "write", what="list.append", source="items.append(1)"),
        step(1, "acquire", what="Lock 'lock' (counter.py:3)", source="with lock:"),
    )
    lines = table_of(Trace((*steps, step(2, "acquire", what=steps[2].what)), NAMES)).splitlines()

    assert lines[1].endswith("for x in table:  (reads dict)")
    assert lines[2].endswith("items.append(1)  (changes list.append)")
    assert lines[3].endswith("with lock:  [acquire Lock 'lock']")


def test_step_without_a_place_still_shows_what_was_done():
    trace = Trace((step(1, "wait", what="Event", location=None, source=""),), NAMES)

    assert "[wait Event]" in table_of(trace)


def test_many_steps_are_cut_in_the_middle_and_keep_their_numbers():
    steps = tuple(step(1, "read", str(number)) for number in range(1_000))
    lines = table_of(Trace(steps, NAMES)).splitlines()

    assert len(lines) == 1 + 60 + 1
    assert lines[31] == "      … 940 steps left out …"
    assert lines[30].startswith("  30  ")
    assert lines[32].startswith(" 971  ")
    assert lines[-1].startswith("1000  ")


def test_of_many_steps_those_around_an_interruption_are_kept():
    steps = [step(1, "read", str(number)) for number in range(1_000)]
    steps[499] = step(2, "write", "499")
    steps[700] = step(2, "write", "700", switched=True)
    lines = table_of(Trace(tuple(steps), NAMES)).splitlines()
    shown = [int(line.split()[0]) for line in lines[1:] if "left out" not in line]

    assert len(shown) == 60
    assert {1, 499, 500, 501, 700, 701, 702, 1_000} <= set(shown)
    assert sum("left out" in line for line in lines) == 3
    assert " 701 * counter.py:7" in "\n".join(lines)


def test_lost_update_is_told_in_words():
    assert lost_update(LOST_UPDATE) == (
        "Lost update: T1 and T2 both read Counter.n before either wrote"
    )


def test_updates_one_after_the_other_are_no_lost_update():
    steps = [step(task, kind, "0") for task in (1, 2) for kind in ("read", "write")]

    assert lost_update(Trace(tuple(steps), NAMES)) == ""


def test_who_reads_again_before_writing_has_lost_nothing():
    first, second, third, fourth = LOST_UPDATE.steps

    assert lost_update(Trace((first, second, third, step(1, "read", "1"), fourth), NAMES)) == ""


def test_updates_of_two_things_are_no_lost_update():
    first, _, _, fourth = LOST_UPDATE.steps
    other = {"what": "Counter.m"}

    steps = (first, step(2, "read", "0", **other), step(2, "write", "1", **other), fourth)

    assert lost_update(Trace(steps, NAMES)) == ""


def test_question_whether_a_thread_is_alive_shows_what_decides_the_answer():
    starts = [step(1, "start", what=f"T{number}", contended=False) for number in (2, 3)]
    ends = [step(number, "end", what=f"T{number}", source="", location=None) for number in (2, 3)]
    asks = step(1, "is_alive", "True", what="T3", source="if worker.is_alive():", contended=False)
    joins = step(1, "join", what="T3", contended=False)
    trace = Trace((*starts, asks, *ends, joins), (*NAMES, "worker"))

    assert relevant(trace) == [starts[1], asks, ends[1]]
    assert "if worker.is_alive():  [is_alive T3] → True" in table_of(trace)
    assert relevant(Trace((*starts, *ends, joins), trace.tasks)) == []


def test_question_which_threads_there_are_shows_all_starts_and_ends():
    start, end = (step(1, kind, what="T2", contended=False) for kind in ("start", "end"))
    asks = step(1, "enumerate", "2", what="", source="active_count()", contended=False)

    assert relevant(Trace((start, asks, end), NAMES)) == [start, asks, end]
    assert "active_count()  [enumerate] → 2" in table_of(Trace((asks,), NAMES))


def test_operation_is_readable_where_the_cells_are_narrow():
    names = ("body", *(f"worker {number}" for number in range(1, 9)))
    what = "wait: 60 s are over"
    steps = [step(one, TIME_IS_OVER, "60", what=what, source=LONG) for one in range(1, 9)]
    rows = table_of(Trace(tuple(steps), names)).splitlines()[1:]

    assert all("[wait: 60 s are over]" in row and LONG[:12] in row for row in rows)


def test_question_is_readable_where_the_cells_are_narrow():
    names = ("body", *(f"worker {number}" for number in range(1, 9)))
    steps = [step(one, "is_alive", "False", what="T2", source=LONG) for one in range(1, 9)]
    rows = table_of(Trace(tuple(steps), names)).splitlines()[1:]

    assert all("[is_alive T2] → False" in row and LONG[:12] in row for row in rows)


def test_trace_as_text_is_the_table_and_its_repr_is_short():
    assert str(LOST_UPDATE) == table_of(LOST_UPDATE)
    assert repr(LOST_UPDATE) == "<Trace of 4 steps by 3 tasks>"
