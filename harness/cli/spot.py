"""`harness spot`: say which of some scripts depends on the interleaving."""

from __future__ import annotations

import argparse
import os
import shlex
import sys

from harness.arguments import check_model, checked_packages
from harness.errors import UsageError
from harness.spotting.constants import Setting
from harness.spotting.options import SpotOptions
from harness.spotting.progress import Progress
from harness.spotting.report import last_line_of, report_of
from harness.spotting.result import Spotted
from harness.spotting.script import EXAMPLES, Script, load
from harness.spotting.spotter import Spotter
from harness.spotting.status import RefusedError, Status


def run(options: argparse.Namespace) -> int:
    """Examine the scripts one after the other, and return the exit status.

    Raises:
        UsageError: for an option that the harness cannot use.
    """
    names = list(options.scripts) + (list(EXAMPLES) if options.examples else [])
    if not names:
        raise UsageError(
            f"spot got no script. Give the path of one, or the name of an example: "
            f"{', '.join(EXAMPLES)}."
        )
    chosen = _checked(options)
    try:
        settings = [Setting.parse(text) for text in options.set]
        scripts = [load(name, options.arguments, settings) for name in names]
    except RefusedError as error:
        print(f"harness: {error}", file=sys.stderr)
        return int(error.status)
    _read_nothing()
    last_lines: list[str] = []
    statuses: list[Status] = []
    for script in scripts:
        if Status.INTERRUPTED in statuses:
            last_lines.append(f"{script.name}: not examined: interrupted")
            continue
        line, status = _examine(script, chosen, options)
        last_lines.append(line)
        statuses.append(status)
    print("\n".join(last_lines))
    return int(_worst(statuses))


def _examine(
    script: Script, chosen: SpotOptions, options: argparse.Namespace
) -> tuple[str, Status]:
    progress = Progress(script.name)
    spotter = Spotter(script, chosen, progress)
    spotted = spotter.spotted
    print(f"{script.name}\n")
    sys.stdout.flush()
    try:
        spotter.run()
    except RefusedError as error:
        progress.end()
        print(f"  not examined: it {error.short}\n", flush=True)
        print(f"harness: {script.name}: {error}", file=sys.stderr)
        return f"{script.name}: not examined: it {error.short}", error.status
    except KeyboardInterrupt:
        spotted.interrupted = True
    progress.end()
    settings = [*options.set, *map(str, spotted.scaled)]
    text = report_of(spotted, lambda token: _replay_command(script, token, settings, options))
    print("\n".join(f"  {line}".rstrip() for line in text.splitlines()), end="\n\n", flush=True)
    return last_line_of(spotted), _status_of(spotted)


def _status_of(spotted: Spotted) -> Status:
    if spotted.interrupted:
        return Status.INTERRUPTED
    return Status.DEPENDS if spotted.depends else Status.NO_DEPENDENCE


def _worst(statuses: list[Status]) -> Status:
    """Return what the process ends with: Ctrl-C, then a dependence, then the first trouble."""
    for wanted in (Status.INTERRUPTED, Status.DEPENDS):
        if wanted in statuses:
            return wanted
    return next(filter(None, statuses), Status.NO_DEPENDENCE)


def _checked(options: argparse.Namespace) -> SpotOptions:
    check_model(options.model)
    if options.executions < 1:
        raise UsageError(f"--executions {options.executions}. Give a whole number, 1 or more.")
    if not options.seconds > 0:
        raise UsageError(f"--seconds {options.seconds:g}. Give a positive number of seconds.")
    return SpotOptions(
        executions=options.executions,
        seconds=options.seconds,
        seed=options.seed,
        model=options.model,
        instrument=checked_packages(tuple(options.instrument)),
        full=options.full,
    )


def _replay_command(
    script: Script, token: str, settings: list[str], options: argparse.Namespace
) -> str:
    parts = ["harness", "replay", script.name, token]
    parts += [part for name in options.instrument for part in ("--instrument", name)]
    if options.model != "free-threaded":
        parts += ["--model", options.model]
    parts += [part for setting in settings for part in ("--set", setting)]
    if options.arguments:
        parts += ["--", *options.arguments]
    return shlex.join(parts)


def _read_nothing() -> None:
    """Let nobody wait for the terminal: what is read past `sys.stdin` is empty."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
