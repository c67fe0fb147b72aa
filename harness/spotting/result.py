"""What the examination of a script has shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.analysis.locksets import Protection
from harness.interleaving import Interleaving
from harness.spotting.constants import Setting
from harness.spotting.outcome import ScriptOutcome
from harness.trace import Trace


@dataclass(frozen=True, slots=True)
class Finding:
    """Be one outcome of a script.

    Args:
        outcome: what the script did.
        count: the number of executions of the search that ended so.
        interleaving: the smallest one that was found to end so.
        token: what replays it; empty when none was made.
    """

    outcome: ScriptOutcome
    count: int
    interleaving: Interleaving
    token: str = ""


@dataclass(slots=True, kw_only=True)
class Spotted:
    """Be what is known about a script so far; the examination fills it in.

    Args:
        name: the script's name.
        protections: how its shared locations are protected, from one execution.
        contradicted: whether the execution that is shown has had to correct them.
        observed: how many switch points of that execution were passed, if it was cut off there.
        damage: what it does at full size when it is interrupted once where nothing protects it.
        scaled: the constants that the harness has set to make it small.
        findings: its outcomes; that of the empty interleaving first.
        executions: how many executions of the search there were.
        covered: what the search has covered, in words; empty unless it is complete.
        endless: whether some interleavings did not end within the steps allowed.
        cut_off: after how many seconds an execution at full size was ended, 0 if none was.
        remark: why the search has shown less than it could, in a sentence.
        trace: the steps of the execution that is shown.
        shown: the finding that is shown.
        standing: who waits for what at the end of that execution, if nobody can go on.
        interrupted: whether Ctrl-C has ended the examination.
    """

    name: str
    protections: list[Protection] = field(default_factory=list)
    contradicted: bool = False
    observed: int = 0
    damage: Finding | None = None
    scaled: tuple[Setting, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    executions: int = 0
    covered: str = ""
    endless: bool = False
    cut_off: float = 0.0
    remark: str = ""
    trace: Trace | None = None
    shown: Finding | None = None
    standing: str = ""
    interrupted: bool = False

    def correct(self, shown: list[Protection]) -> None:
        """Let no evidence stand that the execution that is shown contradicts.

        Args:
            shown: how the shared locations are protected in that one.
        """
        missing = {one.label: one for one in shown if one.is_missing}
        still = {one.label for one in shown if not one.is_missing}
        for one in self.protections:
            if one.is_missing:
                missing.pop(one.label, None)
        if missing:
            kept = [
                one
                for one in self.protections
                if one.is_missing or one.label not in missing or one.label in still
            ]
            self.protections = [*missing.values(), *kept]
            self.contradicted = True

    @property
    def depends(self) -> bool:
        """Say whether what the script does depends on the interleaving."""
        return len(self.findings) > 1
