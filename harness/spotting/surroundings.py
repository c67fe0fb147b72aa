"""What a script finds around itself: `__main__`, arguments, streams; set up anew each time."""

from __future__ import annotations

import atexit
import builtins
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import ModuleType
from typing import Any

from harness.control.scheduling.scheduler import running
from harness.spotting.guard import guard, patches
from harness.spotting.output import Output, Refusing, print_
from harness.spotting.own_modules import OwnModules
from harness.spotting.script import Script

_SIGNALS = tuple(
    number
    for name in ("SIGINT", "SIGTERM", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGUSR2")
    if (number := getattr(signal, name, None)) is not None
)


def _put_back_handler(number: int, handler: Any) -> None:
    if signal.getsignal(number) is not handler and handler is not None:
        signal.signal(number, handler)


def _put_back_environment(before: dict[str, str]) -> None:
    if os.environ != before:
        os.environ.clear()
        os.environ.update(before)


class Surroundings:
    """Be the process as the script sees it, for one execution.

    Args:
        script: the script.
        modules: its own modules.
        output: its standard output.
        errors: its standard error.
    """

    def __init__(self, script: Script, modules: OwnModules, output: Output, errors: Output) -> None:
        self._output = output
        self._errors = errors
        self.namespace: dict[str, Any] = {}
        self._script = script
        self._modules = modules
        self._undo: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        self._at_exit: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []

    def __enter__(self) -> Surroundings:
        main = ModuleType("__main__")
        main.__file__ = self._script.path
        main.__dict__["__builtins__"] = builtins
        self.namespace = vars(main)
        self._output.begin()
        self._errors.begin()
        stdin = Refusing(guard.refuse_input)
        self._set(sys, "argv", [self._script.path, *self._script.arguments])
        self._set(sys, "path", [os.path.dirname(self._script.path), *sys.path[1:]])
        for name, stream in (("out", self._output), ("err", self._errors), ("in", stdin)):
            self._set(sys, f"std{name}", stream)
            self._set(sys, f"__std{name}__", stream)
        self._set(builtins, "print", print_)
        self._set(atexit, "register", self._register)
        self._set(atexit, "unregister", self._unregister)
        for module, name, replacement in patches():
            self._set(module, name, replacement)
        self._undo.append((sys.modules.__setitem__, ("__main__", sys.modules["__main__"])))
        sys.modules["__main__"] = main
        self._undo.append((os.chdir, (os.getcwd(),)))
        self._undo.append((_put_back_environment, (dict(os.environ),)))
        for number in _SIGNALS:
            self._undo.append((_put_back_handler, (number, signal.getsignal(number))))
        for module in (sys, threading):
            self._set(module, "excepthook", module.excepthook)
        self._set(os, "_exit", guard.refuse_to_exit)
        self._modules.begin()
        guard.begin()
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as undo:
            for function, arguments in self._undo:
                undo.callback(function, *arguments)
            undo.callback(self._modules.end)
            undo.callback(guard.end)

    def finish(self) -> None:
        """Do what Python does after the last line: its task does, so the order can be seen."""
        self._end_executors()
        if self._at_exit:
            self._end_threads()
            self._run_at_exit()

    def _end_executors(self) -> None:
        """Let the threads of executors end that nobody has shut down, as at Python's own end."""
        module: Any = sys.modules.get("concurrent.futures.thread")
        if module is None:
            return
        with running.quiet():  # it is not the script that looks
            waiting = list(module._threads_queues.items())
        if not waiting:
            return
        self._undo.append((setattr, (module, "_shutdown", module._shutdown)))
        module._shutdown = True
        for _, work in waiting:
            work.put(None)
        for thread, _ in waiting:
            thread.join()

    def _end_threads(self) -> None:
        """Wait for all threads but daemons, before anything that was registered runs."""
        while waited_for := [
            task.thread for task in running.alive if task is not running.current and not task.daemon
        ]:
            for thread in waited_for:
                threading.Thread.join(thread)

    def _run_at_exit(self) -> None:
        """Run what the script has registered with `atexit`, the last first."""
        while self._at_exit:
            function, args, kwargs = self._at_exit.pop()
            try:
                function(*args, **kwargs)
            except Exception:
                sys.excepthook(*sys.exc_info())

    def _set(self, owner: Any, name: str, value: Any) -> None:
        self._undo.append((setattr, (owner, name, getattr(owner, name))))
        setattr(owner, name, value)

    def _register(
        self, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Callable[..., Any]:
        self._at_exit.append((function, args, kwargs))
        return function

    def _unregister(self, function: Callable[..., Any], /) -> None:
        self._at_exit = [row for row in self._at_exit if row[0] != function]
