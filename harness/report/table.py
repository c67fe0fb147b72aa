"""An execution as a table: one column a task, one row a step, `*` where one was interrupted."""

from __future__ import annotations

import os

from harness.outcome import Location
from harness.trace import Step, Trace

_MOST_ROWS = 60
_WIDEST_COLUMN = 60
_ARROWS = {"read": "→", "write": "←"}


def table_of(trace: Trace) -> str:
    """Return the steps that matter: contended accesses, and synchronization by several tasks."""
    steps = relevant(trace)
    if not steps:
        return "(no step that another thread could see)"
    left_out = len(steps) - _MOST_ROWS
    if left_out > 0:
        steps = [*steps[: _MOST_ROWS // 2], *steps[-_MOST_ROWS // 2 :]]
    tasks = sorted({step.task for step in steps})
    cells = [(step, _cell(step)) for step in steps]
    widths = {
        task: min(
            _WIDEST_COLUMN,
            max([len(_title(trace, task)), *(len(text) for step, text in cells if step.task == task)]),
        )
        for task in tasks
    }
    lines = ["      " + "  ".join(_title(trace, task).ljust(widths[task]) for task in tasks).rstrip()]
    for number, (step, text) in enumerate(cells, 1):
        if left_out > 0 and number == _MOST_ROWS // 2 + 1:
            lines.append(f"      … {left_out} steps left out …")
        row = [text if step.task == task else "" for task in tasks]
        star = "*" if step.switched else " "
        padded = "  ".join(cell.ljust(widths[task]) for cell, task in zip(row, tasks, strict=True))
        lines.append(f"{number:4d} {star}{padded}".rstrip())
    return "\n".join(lines)


def relevant(trace: Trace) -> list[Step]:
    """Return the steps that somebody who reads the execution wants to see."""
    users: dict[str, set[int]] = {}
    for step in trace.steps:
        if step.kind not in ("read", "write"):
            users.setdefault(step.what, set()).add(step.task)
    return [
        step
        for step in trace.steps
        if step.contended
        or (step.kind not in ("read", "write", "start", "join") and len(users[step.what]) > 1)
    ]


def shown_path(location: Location) -> str:
    """Return `path:line`, relative to the working directory where that is shorter."""
    try:
        relative = os.path.relpath(location.filename)
    except ValueError:  # another drive
        relative = location.filename
    path = relative if len(relative) < len(location.filename) else location.filename
    return f"{path}:{location.line}"


def _title(trace: Trace, task: int) -> str:
    return f"T{task} {trace.tasks[task]}"


def _cell(step: Step) -> str:
    place = ""
    if step.location is not None:
        place = f"{os.path.basename(step.location.filename)}:{step.location.line}  {step.source}"
    if step.kind in _ARROWS:
        shown = f" {_ARROWS[step.kind]} {step.value}" if step.value else f" ({step.kind} {step.what})"
    else:
        shown = f"  [{step.kind} {step.what.partition(' (')[0]}]"
    room = _WIDEST_COLUMN - len(shown)
    if len(place) > room:
        place = place[: max(room - 1, 0)] + "…"
    return place + shown
