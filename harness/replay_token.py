"""The token of a failure: its interleaving, and eight digits that say what it was made for.

The digits are shared out among the switches, so that a token which no longer fits can name the
first switch that differs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from harness.errors import ReplayDivergenceError, UsageError
from harness.interleaving import Interleaving
from harness.step import Place

_FORMAT = 1  # raise it when the meaning of a recorded interleaving changes
_DIGITS = 8
_TOKEN = re.compile(r"(?P<text>[^#]*)#(?P<digits>[0-9a-f]{8})")


def token_of(
    interleaving: Interleaving, places: Sequence[Place], model: str, instrument: Sequence[str]
) -> str:
    """Return the token of an interleaving whose switches take place at `places`."""
    return f"{interleaving}#{''.join(_digits(places, model, instrument))}"


def parse_token(token: str) -> tuple[Interleaving, str]:
    """Return the interleaving and the digits of a token.

    Raises:
        UsageError: when it is not a token.
    """
    match = _TOKEN.fullmatch(token.strip()) if isinstance(token, str) else None
    if match is None:
        raise UsageError(
            f"{token!r} is no replay token. Copy the whole one from the failure report, "
            "like 'T1@2>T2#1a2b3c4d'."
        )
    return Interleaving.parse(match["text"]), match["digits"]


def check_token(
    token: str,
    reached: Interleaving,
    places: Sequence[Place],
    model: str,
    instrument: Sequence[str],
) -> None:
    """Compare a token with what its replay did.

    Args:
        token: the token that was replayed.
        reached: the switches that really took place.
        places: where they took place.
        model: the model of the replay.
        instrument: the packages that had switch points in the replay.

    Raises:
        ReplayDivergenceError: naming the first switch that differs.
    """
    wanted, digits = parse_token(token)
    for number, switch in enumerate(wanted.switches):
        if number >= len(reached.switches) or reached.switches[number] != switch:
            where = (
                " and this CPython hands over the GIL. It was made for another model or another "
                "version of Python, or for another body, or the program has changed since"
                if model == "gil"
                else ". The program has changed since the token was made, or it is another body's"
            )
            raise ReplayDivergenceError(
                f"Switch {number + 1} of the token {token!r}, {switch}, cannot take place: "
                f"T{switch.task} has no switch point {switch.point} at which T{switch.to} could go "
                f"on{where}; explore it again."
            )
    position = 0
    for number, part in enumerate(_digits(places, model, instrument)):
        if digits[position : position + len(part)] != part:
            raise ReplayDivergenceError(_changed(token, wanted, places, number, model, instrument))
        position += len(part)


def _changed(
    token: str,
    wanted: Interleaving,
    places: Sequence[Place],
    number: int,
    model: str,
    instrument: Sequence[str],
) -> str:
    made_for = f"model={model!r} and instrument={tuple(instrument)!r}"
    if not places:
        return f"The token {token!r} was made for other options than {made_for}."
    place = places[number]
    where = f" at {place.location}" if place.location else ""
    return (
        f"Switch {number + 1} of the token {token!r}, {wanted.switches[number]}, now takes place "
        f"in {place.function}{where}, before `{place.source}` ({place.kind}); it was made for "
        f"another line, or for other options than {made_for}. "
        "The program has changed since, or the token is another body's; explore it again."
    )


def _digits(places: Sequence[Place], model: str, instrument: Sequence[str]) -> list[str]:
    header = (_FORMAT, model, *instrument)
    if not places:
        return [_hash(header)[:_DIGITS]]
    shares = min(len(places), _DIGITS)
    parts = []
    for share in range(shares):
        mine = places[share::shares]
        length = _DIGITS // shares + (share < _DIGITS % shares)
        fingerprint = [(place.function, place.kind, place.source) for place in mine]
        parts.append(_hash((header, fingerprint))[:length])
    return parts


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()
