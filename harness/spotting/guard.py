"""Stop a script that leaves the controlled world: one that reads input, or starts a process."""

from __future__ import annotations

import importlib
import os
import sys
from _thread import get_ident
from collections.abc import Callable
from typing import Any, NoReturn

from harness.control.scheduling.scheduler import running
from harness.spotting.status import RefusedError, Status

try:
    _posixsubprocess: Any = importlib.import_module("_posixsubprocess")
except ImportError:  # Windows
    _posixsubprocess = None
_PROCESSES = frozenset(
    (
        *("os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "os.exec"),
        *("os.startfile", "subprocess.Popen", "pty.spawn"),
    )
)


class LeftTheWorldError(BaseException):
    """End a task that does what the harness cannot control; no `except Exception` catches it."""


class Guard:
    """Note the first thing that a script does and must not do."""

    def __init__(self) -> None:
        self.offence: RefusedError | None = None
        self._active = False
        self._installed = False

    def begin(self) -> None:
        """Look from now on."""
        self.offence = None
        self._active = True
        if not self._installed:
            self._installed = True
            sys.addaudithook(self._audit)  # for ever, but it looks only while it is active

    def end(self) -> None:
        """Stop looking."""
        self._active = False

    def refuse_input(self) -> NoReturn:
        """End the script, because it reads standard input."""
        self._refuse(
            RefusedError(
                Status.READS_INPUT,
                "reads standard input",
                "It reads standard input, which would be another one in each execution. Let it "
                "take what it needs from its arguments or a file: `harness spot SCRIPT -- ARGS`.",
            )
        )

    def refuse_process(self, *_: Any, **__: Any) -> NoReturn:
        """End the script, because it starts a process."""
        self._refuse_process("fork_exec")

    def refuse_to_exit(self, status: int) -> NoReturn:
        """End the script, because it ends the whole process at once."""
        self._refuse(
            RefusedError(
                Status.NO_END,
                "ends the process by os._exit()",
                f"It ends the whole process by os._exit({status!r}), where nothing more can be "
                "seen. Let it call sys.exit().",
            )
        )

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if (
            self._active
            and event in _PROCESSES
            and running.thread_ident
            and running.thread_ident == get_ident()
        ):
            self._refuse_process(event)

    def _refuse_process(self, how: str) -> NoReturn:
        self._refuse(
            RefusedError(
                Status.FORKS,
                "starts another process",
                f"It starts another process ({how}), where no thread can be controlled. Examine "
                "the part with the threads alone.",
            )
        )

    def _refuse(self, offence: RefusedError) -> NoReturn:
        if self.offence is None:
            self.offence = offence
        raise LeftTheWorldError(offence.short)


guard = Guard()
Patch = tuple[Any, str, Callable[..., Any]]


def patches() -> list[Patch]:
    """Return what starts a process without an audit event: (module, name, replacement).

    In a task `os.fork` raises an Exception, which a script could catch: so it is among them.
    """
    forks = [(os, name) for name in ("fork", "forkpty") if hasattr(os, name)]
    if _posixsubprocess is not None:
        forks.append((_posixsubprocess, "fork_exec"))
    return [(module, name, guard.refuse_process) for module, name in forks]
