"""The controlled world of a script, in which it is run as `__main__` any number of times."""

from __future__ import annotations

import builtins
import os
import traceback
from collections.abc import Callable, Sequence

from harness.control.observing.observer import Observer
from harness.control.scheduling.protocols import Chooser
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import TaskKilled
from harness.errors import HarnessError, UsageError
from harness.execution import Execution, World
from harness.outcome import Deadlocked, Outcome, OutOfSteps, Returned, Stuck, Wait
from harness.report.failure_text import headline
from harness.report.table import shown_path
from harness.spotting.guard import guard
from harness.spotting.outcome import ScriptOutcome, without_addresses
from harness.spotting.output import Output
from harness.spotting.own_modules import OwnModules
from harness.spotting.script import Script
from harness.spotting.surroundings import Surroundings

_real_exec = builtins.exec


class ScriptWorld(World):
    """Run a script instead of a body; what it did is the value that it "returns".

    Args:
        script: the script.
        model: where a switch is allowed.
        instrument: names of installed packages that get switch points, too.
        max_steps: the most switch points of one execution.
        tell: is called after each execution.

    Raises:
        UsageError: for a script that cannot get switch points.
    """

    def __init__(
        self,
        script: Script,
        *,
        model: str,
        instrument: Sequence[str],
        max_steps: int,
        tell: Callable[[Execution], None],
    ) -> None:
        super().__init__(self._run_script, model=model, instrument=instrument, max_steps=max_steps)
        if not self.installation.scope.contains_file(script.path):
            raise UsageError(
                f"{script.name} lies among the installed packages or in the standard library, "
                "which get no switch points. Copy it elsewhere."
            )
        self.tasks = 0  # of the last execution
        self.standing = ""  # who waited for what at its end, when nobody could go on
        self.stuck = ""  # where it was lost from sight
        self._script = script
        self._tell = tell
        self._output = Output("stdout", watched=True)
        self._errors = Output("stderr", watched=False)
        self._surroundings: Surroundings | None = None
        self._modules = OwnModules(os.path.dirname(script.path), self.installation.instrument)
        namespace = {"__name__": "__main__", "__file__": script.path}
        self._with_hooks = self.installation.instrument(script.code, namespace)

    def __enter__(self) -> ScriptWorld:
        super().__enter__()
        self._is_warm = False  # every script is run by the same body
        return self

    def warm_up(self, chooser: Chooser) -> Outcome | None:
        """Run the script until all code that runs has hooks."""
        outcome = super().warm_up(chooser)
        self._is_warm = True
        return outcome

    def _run_script(self) -> None:
        assert self._surroundings is not None
        try:
            _real_exec(self._with_hooks, self._surroundings.namespace)
        except TaskKilled:
            raise
        except BaseException:
            self._surroundings.finish()
            raise
        self._surroundings.finish()

    def _execute_once(self, chooser: Chooser, observer: Observer | None) -> Execution:
        self._surroundings = Surroundings(self._script, self._modules, self._output, self._errors)
        with self._surroundings:
            execution = super()._execute_once(chooser, observer)
        if guard.offence is not None:
            raise guard.offence
        self._tell(execution)
        return execution

    def _outcome(self) -> Outcome:
        outcome = super()._outcome()
        self.standing = ""
        self.stuck = headline(outcome) if isinstance(outcome, Stuck) else ""
        self.tasks = len(running.tasks)
        if isinstance(outcome, OutOfSteps | Stuck) or guard.offence is not None:
            return outcome
        status, errors = 0, []
        for task, exception in running.failures:
            if isinstance(exception, HarnessError):
                return outcome  # about how the harness is used
            if task.number == 0:
                status = _status_of(exception)
            if not isinstance(exception, SystemExit):
                errors.append(self._text_of(exception))
        waiting = ""
        if isinstance(outcome, Deadlocked):
            self.standing = headline(outcome)
            waiting = "; ".join(sorted(map(_text_of_wait, outcome.waits)))
        output = without_addresses(self._output.text())
        return Returned(ScriptOutcome(output, status, tuple(sorted(errors)), waiting))

    def _text_of(self, exception: BaseException) -> str:
        text = "".join(traceback.format_exception_only(exception)).strip()
        line = self.installation.scope.raising_line(exception)
        return without_addresses(f"{text} at {shown_path(line)}" if line else text)


def _text_of_wait(wait: Wait) -> str:
    where = f" at {shown_path(wait.location)}" if wait.location else ""
    return f"T{wait.task} in {wait.operation}{where}"


def _status_of(exception: BaseException) -> int:
    if not isinstance(exception, SystemExit):
        return 1
    code = exception.code
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) else 1
