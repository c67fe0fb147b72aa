"""An execution as a table: one column a task, one row a step, `*` where one was interrupted."""

from __future__ import annotations

import os
import re
import sysconfig
from dataclasses import replace

from harness.outcome import Location
from harness.trace import TIME_IS_OVER, Step, Trace

_MOST_ROWS = 60
# Characters; a cell is the source and the value together.
_WIDEST_TABLE = 180
_WIDEST_CELL = 60
_NARROWEST_CELL = 30  # also where the table gets too wide
_AROUND_THE_CELLS = 8
_ARROWS = {"read": "→", "write": "←"}
_WITHOUT_A_VALUE = {"read": "reads", "write": "changes"}
_INSTALLED = tuple(  # site-packages lie in the folder of the standard library
    sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib", "stdlib")
)
_MADE_UP_NAME = re.compile(r"Thread-\d+ \((?P<target>.+)\)")


def table_of(trace: Trace) -> str:
    """Return the steps that matter: contended accesses, and synchronization by several tasks."""
    steps = relevant(trace)
    if not steps:
        return "(no step that another thread could see)"
    left_out = len(steps) - _MOST_ROWS
    if left_out > 0:
        steps = [*steps[: _MOST_ROWS // 2], *steps[-_MOST_ROWS // 2 :]]
    tasks = sorted({step.task for step in steps})
    titles = {task: _title(trace, task) for task in tasks}
    places = [_short_path(step.location) if step.location else "" for step in steps]
    width_of_places = max(map(len, places))
    room = (_WIDEST_TABLE - _AROUND_THE_CELLS - width_of_places) // len(tasks) - 2
    cells = [_cell(step, max(_NARROWEST_CELL, min(room, _WIDEST_CELL))) for step in steps]
    widths = {
        task: max(
            len(titles[task]),
            *(len(cell) for step, cell in zip(steps, cells, strict=True) if step.task == task),
        )
        for task in tasks
    }
    lines = [_row("", " ", " " * width_of_places, titles, widths)]
    for number, (step, place, cell) in enumerate(zip(steps, places, cells, strict=True), 1):
        if left_out > 0 and number == _MOST_ROWS // 2 + 1:
            lines.append(f"      … {left_out} step{'s' * (left_out != 1)} left out …")
        shown = number + left_out if left_out > 0 and number > _MOST_ROWS // 2 else number
        star = "*" if step.switched else " "
        lines.append(
            _row(str(shown), star, place.ljust(width_of_places), {step.task: cell}, widths)
        )
    return "\n".join(lines)


def _row(number: str, star: str, place: str, cells: dict[int, str], widths: dict[int, int]) -> str:
    columns = [cells.get(task, "").ljust(width) for task, width in widths.items()]
    return "  ".join([f"{number:>4} {star} {place}", *columns]).rstrip()


def relevant(trace: Trace) -> list[Step]:
    """Return the steps that somebody who reads the execution wants to see."""
    users: dict[str, set[int]] = {}
    for step in trace.steps:
        if step.kind not in ("read", "write"):
            users.setdefault(step.what, set()).add(step.task)
    shown: list[Step] = []
    interrupted: set[int] = set()  # tasks whose next shown step comes after an interruption
    for step in trace.steps:
        if step.switched:
            interrupted.add(step.task)
        if (
            step.contended
            or step.kind == TIME_IS_OVER
            or (step.kind not in ("read", "write", "start", "join") and len(users[step.what]) > 1)
        ):
            switched = step.task in interrupted
            interrupted.discard(step.task)
            shown.append(step if step.switched == switched else replace(step, switched=switched))
    return shown


def shown_path(location: Location) -> str:
    """Return `path:line`, relative to the working directory where that is shorter."""
    try:
        relative = os.path.relpath(location.filename)
    except ValueError:  # another drive
        relative = location.filename
    path = relative if len(relative) < len(location.filename) else location.filename
    return f"{path}:{location.line}"


def _short_path(location: Location) -> str:
    """Return `path:line`, of what is installed as one would import it."""
    for folder in _INSTALLED:
        if location.filename.startswith(folder):
            return f"{location.filename.removeprefix(folder)}:{location.line}"
    return shown_path(location)


def lost_update(trace: Trace) -> str:
    """Say in words that two tasks read something before either wrote it; empty if none did."""
    accesses: dict[str, list[Step]] = {}
    for step in trace.steps:
        if step.contended and step.kind in _ARROWS and step.value:
            accesses.setdefault(step.what, []).append(step)
    for what, steps in accesses.items():
        read: dict[int, str] = {}  # what a task read and has not written since
        overwritten: dict[int, int] = {}  # a task that has read, and who wrote after that
        for step in steps:
            if step.kind == "read":
                read[step.task] = step.value
                overwritten.pop(step.task, None)
                continue
            mine = read.pop(step.task, None)
            other = overwritten.pop(step.task, None)
            if mine is not None and other is not None:
                first, second = sorted((step.task, other))
                return f"Lost update: T{first} and T{second} both read {what} before either wrote"
            if mine is not None:
                for task, value in read.items():
                    if value == mine:
                        overwritten.setdefault(task, step.task)
    return ""


def _title(trace: Trace, task: int) -> str:
    made_up = _MADE_UP_NAME.fullmatch(trace.tasks[task])
    return f"T{task} {made_up['target'] if made_up else trace.tasks[task]}"


def _cell(step: Step, width: int) -> str:
    if step.kind in _ARROWS:
        shown = (
            f"  {_ARROWS[step.kind]} {step.value}"
            if step.value
            else f"  ({_WITHOUT_A_VALUE[step.kind]} {step.what})"
        )
    elif step.kind == TIME_IS_OVER:
        shown = f"  [{step.what}]"
    else:
        shown = f"  [{step.kind} {step.what.partition(' (')[0]}]"
    room = width - len(shown)
    source = step.source if len(step.source) <= room else step.source[: max(room - 1, 0)] + "…"
    return (source + shown).strip()
