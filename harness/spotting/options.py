"""What can be said about the examination of a script."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotOptions:
    """Be what the user chooses.

    Args:
        executions: the most executions of a search.
        seconds: the most seconds of a search, and of one execution at full size.
        seed: decides all random choices.
        model: where a switch is allowed.
        instrument: names of installed packages that get switch points, too.
        full: whether a long script is run at full size although it could be made short.
    """

    executions: int = 1_000
    seconds: float = 20.0
    seed: int = 0
    model: str = "free-threaded"
    instrument: tuple[str, ...] = ()
    full: bool = False
