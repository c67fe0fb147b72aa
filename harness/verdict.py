"""What an exploration has shown: the only place where a pass is made, and from evidence."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from types import BuiltinFunctionType, FunctionType, ModuleType

from harness.execution import Body
from harness.exploration import Failure, Verdict
from harness.instrument.scope import CodeScope
from harness.kinds import is_a, is_any_of, module_of
from harness.outcome import Deadlocked, Outcome, OutOfSteps, Raised
from harness.report.failure_text import headline
from harness.search.estimate import Estimate

_MOST_PACKAGES_TO_NAME = 8
_OWN_PACKAGES = ("harness", "strategies", "pytest", "_pytest", "hypothesis", "pluggy", "xdist")
_NONDETERMINISM = (
    "Something the harness does not control differs between two runs: state that an earlier run "
    "has changed (reset it in the body), a clock or random source in C code, the order of a set of "
    "objects, or an object's id."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Be what the executions of an exploration have shown.

    Args:
        failure: the minimal failure, if there is one.
        outcomes: how the counted executions ended.
        executions: how many there were.
        complete: whether the search has covered everything, within its bound.
        contended: whether anything was touched by two tasks at a time.
        preemptions: the bound, if one was given.
        search: the search's name.
        estimate: how much of an exhaustive search was done, or None for another one.
        inconclusive: why the exploration had to stop before it learned anything, or nothing.
        leftovers: module-level containers that the body changes.
        one_step: functions in scope that ran without switch points, and why.
        unseen: what tasks may do to each other that was not seen, or nothing.
    """

    failure: Failure | None
    outcomes: Collection[Outcome]
    executions: int
    complete: bool
    contended: bool
    preemptions: int | None
    search: str
    estimate: Estimate | None
    inconclusive: str
    leftovers: tuple[str, ...]
    one_step: Mapping[str, str]
    unseen: str = ""


def verdict_of(evidence: Evidence, body: Body, scope: CodeScope) -> tuple[Verdict, str]:
    """Return the verdict and its reason in a sentence."""
    if evidence.failure is not None:
        return "violated", headline(evidence.failure.outcome)
    obstacle = evidence.inconclusive or _obstacle(evidence, body, scope)
    if obstacle:
        return "inconclusive", obstacle
    count = _executions(evidence.executions)
    if not evidence.complete and evidence.estimate is not None:
        return "inconclusive", _too_large(evidence, evidence.estimate)
    if not evidence.complete:
        return (
            "no failure found",
            f"No failure was found in {count} by search={evidence.search!r}.",
        )
    if evidence.unseen:
        return (
            "inconclusive",
            f"No failure was found in {count}, but not all was seen: {evidence.unseen}",
        )
    bound = evidence.preemptions
    limit = "" if bound is None else f" with at most {bound} preemption{'s' * (bound != 1)}"
    packages = _packages_out_of_scope(body, scope)
    assumed = f" It took {', '.join(packages)} for code that shares nothing." if packages else ""
    return "holds", (
        f"It holds for every interleaving{limit} ({count}), under sequential consistency "
        f"and with each call of C code as one step.{assumed}"
    )


def _too_large(evidence: Evidence, estimate: Estimate) -> str:
    executions = evidence.executions
    fitting = estimate.fitting_bound(executions)
    bound = evidence.preemptions
    if fitting is not None and (bound is None or fitting < bound):
        remedy = f"preemptions={fitting} is likely to fit."
    else:
        remedy = "No bound is likely to fit; use search='auto'."
    return (
        f"The exhaustive search was stopped after {_executions(executions)} without a failure; "
        f"all of it would be {estimate.total(executions)} or more. Allow more executions, let the body do "
        f"less, or bound the preemptions: {remedy}"
    )


def _executions(count: int) -> str:
    return f"{count:,} execution{'s' * (count != 1)}"


def is_failure(outcome: Outcome) -> bool:
    """Say whether an execution that ended so has failed, whatever else might be."""
    return isinstance(outcome, Raised | Deadlocked)


def about_nondeterminism(leftovers: tuple[str, ...], orders_by_address: str = "") -> str:
    """Say what may make two runs of the same interleaving differ, or what does so."""
    return " ".join(
        filter(None, [orders_by_address or _NONDETERMINISM, about_leftovers(leftovers)])
    )


def about_leftovers(leftovers: tuple[str, ...]) -> str:
    """Say what an execution leaves behind for the next, and what to do about it."""
    if not leftovers:
        return ""
    names = ", ".join(leftovers)
    return f"Each execution leaves changes in {names}; clear it at the start of the body."


def _obstacle(evidence: Evidence, body: Body, scope: CodeScope) -> str:
    for name, why in evidence.one_step.items():
        return (
            f"{name} ran without switch points, so what others could do meanwhile was not seen: "
            f"its bytecode could not be rewritten ({why}). This is a bug of the harness: please "
            "report it."
        )
    if not evidence.contended and evidence.unseen:
        return evidence.unseen
    if not evidence.contended:
        return _nothing_contended(evidence.leftovers, body, scope)
    for outcome in evidence.outcomes:
        if isinstance(outcome, OutOfSteps):
            return headline(outcome)
    if any(is_failure(outcome) for outcome in evidence.outcomes):
        return about_nondeterminism(evidence.leftovers)
    return ""


def _nothing_contended(leftovers: tuple[str, ...], body: Body, scope: CodeScope) -> str:
    packages = _packages_out_of_scope(body, scope)
    remedy = (
        f"Packages that ran without switch points: {', '.join(packages)}; "
        f"try instrument=({packages[0]!r},)."
        if packages
        else "Let them share an object, a global or a variable of code in scope."
    )
    return (
        "No two threads touched the same thing where the harness can see it, so no "
        f"interleaving can make a difference. {remedy} {about_leftovers(leftovers)}"
    ).rstrip()


def _packages_out_of_scope(body: Body, scope: CodeScope) -> list[str]:
    """Return the installed packages that the module of the body uses."""
    while isinstance(body, partial):
        body = body.func
    namespace = getattr(body, "__globals__", {})
    found: dict[str, None] = {}
    for value in namespace.values():
        name = _module_of(value)
        module = sys.modules.get(name) if isinstance(name, str) else None
        file = getattr(module, "__file__", None)
        if file and isinstance(name, str) and scope.is_installed(file):
            found[name.partition(".")[0]] = None
    return [name for name in found if name not in _OWN_PACKAGES][:_MOST_PACKAGES_TO_NAME]


def _module_of(value: object) -> object:
    """Return the name of the module that a value is, or that it comes from."""
    if is_a(value, ModuleType):
        return value.__name__
    if is_any_of(value, (type, FunctionType, BuiltinFunctionType)):
        return getattr(value, "__module__", None)
    return module_of(type(value))
