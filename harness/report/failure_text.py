"""A failure in words: the message, the table of the interleaving, how to replay it."""

from __future__ import annotations

from harness.errors import DeadlockError, InconclusiveError, OutOfStepsError
from harness.interleaving import Interleaving
from harness.outcome import Deadlocked, Outcome, OutOfSteps, Raised, Stuck, Wait, message_of
from harness.report.table import lost_update, shown_path, table_of
from harness.step import TIME_IS_OVER, Step, Steps

_A_LONG_WAIT = 1.0  # seconds, in which another thread ought to have come


def error_of(outcome: Outcome) -> BaseException:
    """Return the exception that stands for an outcome other than a returned value."""
    if isinstance(outcome, Raised):
        return outcome.exception
    if isinstance(outcome, Deadlocked):
        return DeadlockError(headline(outcome))
    if isinstance(outcome, OutOfSteps):
        return OutOfStepsError(headline(outcome))
    if isinstance(outcome, Stuck):
        return InconclusiveError(headline(outcome))
    raise TypeError(f"{outcome!r} stands for no error")


def headline(outcome: Outcome) -> str:
    """Say in words how a failing execution ended."""
    if isinstance(outcome, Raised):
        where = f" at {shown_path(outcome.location)}" if outcome.location else ""
        return f"T{outcome.task} raised {_exception_text(outcome.exception)}{where}"
    if isinstance(outcome, Deadlocked):
        return "\n".join(
            ["every live thread is waiting", *(f"  {_wait_text(wait)}" for wait in outcome.waits)]
        )
    if isinstance(outcome, OutOfSteps):
        fair = ", even if every thread gets its turns" if outcome.fair else " in this interleaving"
        where = ", ".join(
            f"T{task} at {shown_path(location)}" for task, location in outcome.locations if location
        )
        advice = (
            ""
            if outcome.fair or outcome.endless
            else " A thread may be spinning; raise max_steps if it is just long."
        )
        passed = f"no end after {outcome.max_steps:,} switch points"
        length = "it would go on for ever" if outcome.endless else passed
        return f"{length}{fair}: {where}.{advice}"
    if isinstance(outcome, Stuck):
        return (
            f"the harness lost sight of a thread: {outcome.where}\nIt may wait for a lock, a socket "
            "or a process that is not under control. If a package holds it, name the package in "
            "instrument=."
        )
    return repr(outcome)


def story_of(outcome: Outcome, trace: Steps) -> str:
    """Say in words how a failing execution ended, and why if that can be seen."""
    if not isinstance(outcome, Raised):
        return headline(outcome)
    return "\n".join(
        [
            *filter(None, [lost_update(trace)]),
            headline(outcome),
            *_time_that_passed(trace),
            *(
                f"  and then T{task} raised {_exception_text(error)}"
                for task, error in outcome.others
            ),
        ]
    )


def picture_of(interleaving: Interleaving, trace: Steps, smaller: str) -> str:
    """Show an execution step by step, below its interleaving and what is known of smaller ones."""
    count = len(interleaving)
    threads = len(trace.tasks) - 1
    summary = (
        f"{threads} thread{'s' * (threads != 1)}, "
        f"{count} switch{'es' * (count != 1)}: {str(interleaving) or 'nobody is interrupted'}"
    )
    parts = [f"{summary}{'. ' + smaller if smaller else ''}", table_of(trace)]
    return "\n\n".join([*parts, *_advice_on_time(trace)])


def _longest_vain_wait(trace: Steps) -> Step | None:
    """Return the longest wait whose time ran out while others could go on, if it was long."""
    waits = [step for step in trace.steps if step.kind == TIME_IS_OVER and step.others]
    longest = max(waits, key=lambda step: float(step.value), default=None)
    return None if longest is None or float(longest.value) < _A_LONG_WAIT else longest


def _time_that_passed(trace: Steps) -> list[str]:
    wait = _longest_vain_wait(trace)
    if wait is None:
        return []
    first, *more = (f"T{task}" for task in wait.others)
    who = f"{first} and others" if len(more) > 1 else " and ".join([first, *more])
    return [f"  after T{wait.task} has waited {wait.value} s in vain, while {who} could go on"]


def _advice_on_time(trace: Steps) -> list[str]:
    """Say how not to be told of timeouts that are meant never to run out."""
    wait = _longest_vain_wait(trace)
    if wait is None:
        return []
    return [
        f"T{wait.task} waited {wait.value} s in vain, while others could go on. If no thread is "
        f"held up for that long, say so: max_delay={_A_LONG_WAIT:g}"
    ]


def _wait_text(wait: Wait) -> str:
    at = f" at {shown_path(wait.location)}" if wait.location else ""
    what = wait.what or "something"
    text = f"T{wait.task} {wait.name!r} waits for {what} in {wait.operation}{at}"
    if wait.held_by is not None:
        text += f", held by T{wait.held_by}{', which has ended' * wait.holder_has_ended}"
    if wait.holds:
        text += f"; holds {', '.join(wait.holds)}"
    return text


def _exception_text(exception: BaseException) -> str:
    name = type(exception).__name__
    first = message_of(exception).partition("\n")[0]
    return f"{name}: {first}" if first else name
