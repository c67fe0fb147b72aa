"""An execution as a table: one column a task, one row a step, `*` where one was interrupted."""

from __future__ import annotations

import os
import re
import sysconfig
from dataclasses import replace

from harness.outcome import Location
from harness.step import LOOKS_AT_THREADS, TIME_IS_OVER, Step, Steps

_MOST_ROWS = 60
# Characters; a cell is the source and the value together.
_WIDEST_TABLE = 180
_WIDEST_CELL = 60
_NARROWEST_CELL = 40  # also where the table gets too wide; half of it is the source's
_SHORTEST_OPERATION = len("wait: 3600 s are over")
_AROUND_THE_CELLS = 8
_ARROWS = {"read": "→", "write": "←"}
_LIVES = ("start", "end")  # shown if somebody asks whether the thread is alive
_WITHOUT_A_VALUE = {"read": "reads", "write": "changes"}
_STANDARD_LIBRARY = sysconfig.get_path("stdlib") + os.sep
_PACKAGES = re.compile(r".*[\\/](?:site|dist)-packages[\\/]")  # of whichever environment
_MADE_UP_NAME = re.compile(r"Thread-\d+ \((?P<target>.+)\)")


def table_of(trace: Steps) -> str:
    """Return the steps that matter: contended accesses, and synchronization by several tasks."""
    steps = relevant(trace)
    if not steps:
        return "(no step that another thread could see)"
    numbers = _most_telling(steps)
    steps = [steps[number] for number in numbers]
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
    following = 0
    for number, step, place, cell in zip(numbers, steps, places, cells, strict=True):
        left_out = number - following
        if left_out:
            lines.append(f"      … {left_out} step{'s' * (left_out != 1)} left out …")
        following = number + 1
        star = "*" if step.switched else " "
        lines.append(
            _row(str(following), star, place.ljust(width_of_places), {step.task: cell}, widths)
        )
    return "\n".join(lines)


def _most_telling(steps: list[Step]) -> list[int]:
    """Return which steps to show: if they are too many, those around the interruptions."""
    if len(steps) <= _MOST_ROWS:
        return list(range(len(steps)))
    telling = [0, len(steps) - 1]
    last_of: dict[int, int] = {}
    for number, step in enumerate(steps):
        if step.switched:
            telling += [last_of.get(step.task, number), number]
        last_of[step.task] = number
    distances = [min(abs(number - one) for one in telling) for number in range(len(steps))]
    nearest = sorted(range(len(steps)), key=distances.__getitem__)
    return sorted(nearest[:_MOST_ROWS])


def _row(number: str, star: str, place: str, cells: dict[int, str], widths: dict[int, int]) -> str:
    columns = [cells.get(task, "").ljust(width) for task, width in widths.items()]
    return "  ".join([f"{number:>4} {star} {place}", *columns]).rstrip()


def relevant(trace: Steps) -> list[Step]:
    """Return the steps that somebody who reads the execution wants to see."""
    users: dict[str, set[int]] = {}
    for step in trace.steps:
        if step.kind not in _ARROWS:
            users.setdefault(step.what, set()).add(step.task)
    # Of these threads somebody has asked whether they are alive; empty text: of all.
    asked = {step.what for step in trace.steps if step.kind in LOOKS_AT_THREADS}
    shown: list[Step] = []
    interrupted: set[int] = set()  # tasks whose next shown step comes after an interruption
    for step in trace.steps:
        if step.switched:
            interrupted.add(step.task)
        if step.kind in _LIVES:
            is_shown = step.what in asked or "" in asked
        else:
            is_shown = (
                step.contended
                or step.kind in (TIME_IS_OVER, *LOOKS_AT_THREADS)
                or (step.kind not in (*_ARROWS, "join") and len(users[step.what]) > 1)
            )
        if is_shown:
            switched = step.task in interrupted
            interrupted.discard(step.task)
            row = step if step.switched == switched else replace(step, switched=switched)
            if switched or not shown or _looks(row) != _looks(shown[-1]):
                shown.append(row)
    return shown


def _looks(step: Step) -> tuple[object, ...]:
    """Return what the step's row shows; two that look the same say no more than one."""
    thing = step.value if step.value and step.kind in _ARROWS else (step.what, step.value)
    return step.task, step.kind, thing, step.location, _source(step)


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
    path = _PACKAGES.sub("", location.filename).removeprefix(_STANDARD_LIBRARY)
    if path != location.filename:
        return f"{path}:{location.line}"
    return shown_path(location)


def lost_update(trace: Steps) -> str:
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


def _title(trace: Steps, task: int) -> str:
    made_up = _MADE_UP_NAME.fullmatch(trace.tasks[task])
    return f"T{task} {made_up['target'] if made_up else trace.tasks[task]}"


def _source(step: Step) -> str:
    """Return the text of the line, or where there is none whose code it is and what it touches."""
    if step.source or not step.function:
        return step.source
    return f"{step.function.rpartition('<locals>.')[2]}: {step.what}"


def _cell(step: Step, width: int) -> str:
    """Return source and value; where both are long, each has half of the cell."""
    source = _source(step)
    room = max(width - len(source), width // 2)
    if step.kind in _ARROWS and step.value:
        before = f"  {_ARROWS[step.kind]} "
        shown = before + _cut_value(step.value, room - len(before))
    elif step.kind in _ARROWS:
        before = f"  ({_WITHOUT_A_VALUE[step.kind]} "
        shown = f"{before}{_cut(step.what, room - len(before) - 1)})"
    else:
        what = step.what.partition(" (")[0]
        text = what if step.kind == TIME_IS_OVER else f"{step.kind} {what}"
        answer = f" → {step.value}" if step.kind in LOOKS_AT_THREADS else ""
        kept = max(room - 4, _SHORTEST_OPERATION) - len(answer)
        shown = f"  [{_cut(text.rstrip(), kept)}]{answer}"
    return (_cut(source, width - len(shown)) + shown).strip()


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…"


def _cut_value(text: str, room: int) -> str:
    """Shorten a value, a string in the middle: its ends tell more."""
    if len(text) <= room or not text.endswith(("'", '"')):
        return _cut(text, room)
    tail = (room - 1) // 2
    return f"{text[: room - 1 - tail]}…{text[-tail:]}"
