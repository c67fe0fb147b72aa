"""What was spotted, as text."""

from __future__ import annotations

from collections.abc import Callable

from harness.outcome import Location
from harness.report.table import lost_update, shown_path, table_of
from harness.spotting.outcome import differ_in_order_only
from harness.spotting.result import Finding, Spotted

_MOST_FINDINGS = 8
_MOST_PROTECTIONS = 8
_NOBODY = "nobody is interrupted"


def report_of(spotted: Spotted, replay: Callable[[str], str]) -> str:
    """Return the report about one script, without its last line.

    Args:
        spotted: what is known.
        replay: returns the command that replays a token.
    """
    lines = [*_evidence(spotted), *_size(spotted), *_outcomes(spotted)]
    if spotted.trace is not None and spotted.shown is not None:
        lines += ["", *_interleaving(spotted, spotted.shown)]
        lines += ["", f"replay: {replay(spotted.shown.token)}"]
    return "\n".join(lines)


def last_line_of(spotted: Spotted) -> str:
    """Return the line that says whether the script depends on the interleaving."""
    if spotted.depends:
        return f"{spotted.name}: depends on the interleaving"
    if spotted.interrupted and not spotted.executions:
        return f"{spotted.name}: not examined: interrupted"
    return f"{spotted.name}: no dependence found"


def _evidence(spotted: Spotted) -> list[str]:
    lines = []
    for protection in spotted.protections[:_MOST_PROTECTIONS]:
        lines.append(f"{protection} ({shown_path(Location(*protection.line))})")
    left_out = len(spotted.protections) - _MOST_PROTECTIONS
    if left_out > 0:
        lines.append(f"… {left_out} more locations")
    if not lines:
        lines = ["no location that one thread writes while another may be at it"]
    if spotted.observed:
        lines.append(
            f"This is from the first {spotted.observed:,} switch points of one execution, which "
            "went on."
        )
    elif spotted.contradicted:
        lines.append("This is from one execution, and from the one that is shown below.")
    else:
        lines.append("This is from one execution.")
    if spotted.damage is not None:
        damage = spotted.damage
        lines.append(f"At full size with one switch, {damage.interleaving}, it {damage.outcome}")
    return lines


def _size(spotted: Spotted) -> list[str]:
    if not spotted.scaled:
        return []
    options = " ".join(f"--set {setting}" for setting in spotted.scaled)
    return [f"Run again with {options}:"]


def _outcomes(spotted: Spotted) -> list[str]:
    findings, count = spotted.findings, spotted.executions
    covered = f", which cover{'s' * (count == 1)} {spotted.covered}" if spotted.covered else ""
    lines = [
        "",
        f"{len(findings)} outcome{'s' * (len(findings) != 1)} in {count:,} "
        f"execution{'s' * (count != 1)}{covered}:",
    ]
    width = max((len(f"{finding.count:,}") for finding in findings), default=0)
    for finding in findings[:_MOST_FINDINGS]:
        lines.append(f"  {finding.count:>{width},} x  {finding.outcome}")
        if spotted.depends:
            lines.append(f"  {' ' * width}    by {_by(finding)}")
    if len(findings) > _MOST_FINDINGS:
        lines.append(f"  … {len(findings) - _MOST_FINDINGS} more")
    if spotted.depends and all(
        differ_in_order_only(findings[0].outcome, other.outcome) for other in findings[1:]
    ):
        lines.append("They differ in the order of the lines only.")
    if spotted.endless:
        lines.append("Some interleavings do not end: a thread spins while it waits for another.")
    if spotted.remark:
        lines.append(spotted.remark)
    bare = [f"`{one.label}`" for one in spotted.protections if one.is_missing]
    if bare and spotted.findings and not spotted.depends and not spotted.covered:
        lines.append(f"That is no evidence that it holds: no lock protects {', '.join(bare)}.")
    if spotted.cut_off:
        lines.append(
            f"An execution at full size was ended after {spotted.cut_off:g} s of computing."
        )
    if spotted.interrupted:
        lines.append("Interrupted: this is what was known by then.")
    return lines


def _by(finding: Finding) -> str:
    if not len(finding.interleaving):
        return f"{finding.token}  ({_NOBODY})" if finding.token else _NOBODY
    return finding.token or str(finding.interleaving)


def _interleaving(spotted: Spotted, shown: Finding) -> list[str]:
    assert spotted.trace is not None
    count = len(shown.interleaving)
    threads = len(spotted.trace.tasks) - 1
    lines = [
        f"{threads} thread{'s' * (threads != 1)}, {count} switch{'es' * (count != 1)}: "
        f"{str(shown.interleaving) or _NOBODY}. It {shown.outcome}"
    ]
    story = lost_update(spotted.trace)
    lines += [story] if story else []
    lines += spotted.standing.splitlines()
    return [*lines, "", *table_of(spotted.trace).splitlines()]
