"""`harness replay`: one execution of a script as a table."""

from __future__ import annotations

import argparse
import sys

from harness.arguments import check_model, checked_packages
from harness.control.scheduling.plan import Plan
from harness.errors import ReplayDivergenceError
from harness.execution import Execution
from harness.outcome import OutOfSteps, Returned
from harness.replay_token import check_token, parse_token
from harness.report.failure_text import headline
from harness.report.table import lost_update, table_of
from harness.spotting.constants import Setting
from harness.spotting.script import Script, load
from harness.spotting.status import RefusedError, Status
from harness.spotting.world import ScriptWorld

_MOST_STEPS = 100_000  # of an execution whose steps are kept


def run(options: argparse.Namespace) -> int:
    """Run the script under the token's interleaving, and show what it did.

    Raises:
        UsageError: for a token or an option that the harness cannot use.
    """
    check_model(options.model)
    interleaving, _ = parse_token(options.token)
    try:
        settings = [Setting.parse(text) for text in options.set]
        script = load(options.script, options.arguments, settings)
        execution, standing = _replayed(script, options)
    except RefusedError as error:
        print(f"harness: {error}", file=sys.stderr)
        return int(error.status)
    except ReplayDivergenceError as error:
        print(f"harness: {error}", file=sys.stderr)
        return int(Status.DIVERGED)
    except KeyboardInterrupt:
        print("harness: interrupted.", file=sys.stderr)
        return int(Status.INTERRUPTED)
    outcome = execution.outcome
    ended = outcome.value if isinstance(outcome, Returned) else headline(outcome)
    print(f"{script.name} {interleaving or '(nobody is interrupted)'}: it {ended}\n")
    if standing:
        print(f"{standing}\n")
    story = lost_update(execution.trace)
    if story:
        print(f"{story}\n")
    print(table_of(execution.trace))
    return 0


def _replayed(script: Script, options: argparse.Namespace) -> tuple[Execution, str]:
    interleaving, _ = parse_token(options.token)
    packages = checked_packages(tuple(options.instrument))
    with ScriptWorld(
        script,
        model=options.model,
        instrument=packages,
        max_steps=_MOST_STEPS,
        tell=lambda execution: None,
    ) as world:
        world.warm_up(Plan(interleaving))
        if isinstance(world.execute(Plan(interleaving)).outcome, OutOfSteps):
            raise RefusedError(
                Status.NO_END,
                "does not end",
                f"{script.name} has no end within {_MOST_STEPS:,} switch points. Give the --set "
                "options of the command in the report, or others that make it short.",
            )
        observer = world.observer(steps=True)
        execution = world.execute(Plan(interleaving), observer)
        check_token(options.token, execution.interleaving, observer.places, options.model, packages)
        return execution, world.standing
