"""The results of exploring a body: values that say what was found and what was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from harness.interleaving import Interleaving
from harness.outcome import Outcome, Raised
from harness.trace import Trace

Verdict: TypeAlias = Literal["violated", "holds", "no failure found", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Witness:
    """Say how often an outcome came about, and how to get it.

    Args:
        count: the number of executions that ended so.
        interleaving: one that ends so, the first that was met.
    """

    count: int
    interleaving: Interleaving


@dataclass(frozen=True, slots=True)
class Failure:
    """Be a minimal failing execution.

    Args:
        outcome: how it ended.
        interleaving: the canonical interleaving that leads there.
        token: what `replay` takes to run it again.
        trace: what happened, step by step.
        story: how it ended, in words.
        picture: what happened, step by step, as text.
        remarks: what else is to be said, each on a line of its own.
        smaller: what is known about smaller counterexamples, in words.
        affects: the models in which it was seen to happen. Without `"gil"` it was not found where
            this CPython hands over the GIL, by a short search.
    """

    outcome: Outcome
    interleaving: Interleaving
    token: str
    trace: Trace = field(repr=False)
    story: str = field(repr=False, default="")
    picture: str = field(repr=False, default="")
    remarks: tuple[str, ...] = field(repr=False, default=())
    smaller: str = ""
    affects: tuple[str, ...] = ()

    @property
    def exception(self) -> BaseException | None:
        """Return what a task raised, or `None` for a deadlock or too many steps."""
        return self.outcome.exception if isinstance(self.outcome, Raised) else None

    @property
    def report(self) -> str:
        """Return the whole report as text."""
        replay = f"replay: harness.replay(body, {self.token!r})"
        keep = f"keep:   @example(interleaving={self.interleaving!r})"
        return "\n".join([self.story, "", self.picture, "", replay, keep, *self.remarks])

    def __str__(self) -> str:
        return self.report


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """Be what many executions of a body have shown.

    Args:
        failure: the minimal failure, or `None`.
        outcomes: for each outcome how often it came about and how to get it.
        executions: how many executions the search made, abandoned ones included.
        complete: whether every interleaving was covered, within the bound if one was given.
        verdict: `violated`, `holds`, `no failure found` or `inconclusive`.
        reason: the verdict in a sentence: what was covered, or why nothing was learned and what
            to do.
        search: the search's name.
        found_by: the name of the search, or of the part of it, that met the failure first.
        steps: the number of switch points passed in all of the executions.
        seconds: how long these executions took, by the wall clock.
        contended: how many places in the code more than one task touches at a time.
        leftovers: module-level containers that the body changes and nobody puts back.
        unjoined: names of threads that were still running when the body ended; the harness let
            them run to their end, or ended them if they are daemons.
        divergence: how two executions under the same interleaving differed, if any did.
        is_sequential: whether there was nothing to interleave: no thread was started, or no two
            of them touched the same thing.
    """

    failure: Failure | None
    outcomes: Mapping[Outcome, Witness] = field(default_factory=lambda: MappingProxyType({}))
    executions: int
    complete: bool
    verdict: Verdict
    reason: str
    search: str
    found_by: str = ""
    steps: int = 0
    seconds: float = field(default=0.0, compare=False)
    contended: int = 0
    leftovers: tuple[str, ...] = ()
    unjoined: tuple[str, ...] = ()
    divergence: str = ""
    is_sequential: bool = False
