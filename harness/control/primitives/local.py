"""`threading.local` under control: its contents change with the task.

When all tasks run on one OS thread, a real `local` would show them the same attributes. So the
contents of every live `local` are exchanged at each switch.
"""

from __future__ import annotations

import _thread
import gc
from collections.abc import Iterable
from typing import Any, Protocol
from weakref import ref

from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import Task

_Real = _thread._local
_get = _Real.__getattribute__


class Local(_Real):
    """Be a `threading.local` that is known to the running execution."""

    def __new__(cls, /, *args: Any, **kwargs: Any) -> Local:
        made: Local = _Real.__new__(cls, *args, **kwargs)  # cls may be no subclass of Local
        locals_.add(made, args, kwargs)
        return made


class State(Protocol):
    """Be something that Python keeps for each OS thread, and thus has to be kept for each task."""

    def save(self) -> Any:
        """Return what is there, and leave nothing."""
        ...

    def show(self, saved: Any) -> None:
        """Put what was saved there; `None` for a new task."""
        ...


class Locals:
    """Keep, for each live local, what each task has in it."""

    def __init__(self) -> None:
        self._entries: list[tuple[ref[Any], tuple[Any, ...], dict[str, Any], dict[int, Any]]] = []
        self._before: list[tuple[ref[Any], dict[str, Any]]] = []
        self._states: list[tuple[State, dict[int, Any], Any]] = []

    def add_state(self, state: State) -> None:
        """Take care of something else that belongs to an OS thread, from now on."""
        if any(known is state for known, _, _ in self._states):
            return
        initial = state.save()
        state.show(initial)
        self._states.append((state, {0: initial}, initial))
        running.before_switch = self.exchange
        running.has_remains = True

    def add(self, local: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Take care of a new local, made with these arguments."""
        self._entries.append((ref(local), args, kwargs, {}))
        running.before_switch = self.exchange
        running.has_remains = True

    def begin(self, early: Iterable[Any]) -> None:
        """Take care of the locals that exist before an execution."""
        for local in early:
            self._before.append((ref(local), dict(_get(local, "__dict__"))))
            self.add(local, *_arguments_of(local))

    def exchange(self, task: Task, to: Task) -> None:
        """Store what `task` has, and show what `to` has."""
        if running.carriers.keep_locals_apart:
            return
        for reference, args, kwargs, contents in self._entries:
            local = reference()
            if local is None:
                continue
            fields = _get(local, "__dict__")
            contents[task.number] = dict(fields)
            fields.clear()
            if to.number in contents:
                fields.update(contents[to.number])
            elif type(local).__init__ is not object.__init__:
                with running.quiet():
                    type(local).__init__(local, *args, **kwargs)
        for state, saved, _ in self._states:
            saved[task.number] = state.save()
            state.show(saved.get(to.number))

    def drop(self) -> None:
        """Let go of what the running task has, which ends, as its OS thread's end would."""
        if running.carriers.keep_locals_apart:
            return
        for reference, *_ in list(self._entries):
            local = reference()
            if local is not None:
                _get(local, "__dict__").clear()

    def end(self) -> None:
        """Give early locals back what they had, and forget all."""
        running.before_switch = None
        for state, _, initial in self._states:
            state.save()
            state.show(initial)
        self._states.clear()
        for reference, fields in self._before:
            local = reference()
            if local is not None:
                now = _get(local, "__dict__")
                now.clear()
                now.update(fields)
        self._before.clear()
        self._entries.clear()


def _arguments_of(local: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what an early local was made with; it keeps both, but no attribute shows them."""
    referents = gc.get_referents(local)
    places = [index for index, found in enumerate(referents) if found is type(local)]
    args, kwargs = [*referents[places[-1] + 1 :], None, None][:2] if places else (None, None)
    if type(args) is not tuple:
        return (), {}
    if type(kwargs) is dict and all(type(key) is str for key in kwargs):
        return args, kwargs
    return args, {}


locals_ = Locals()
