"""Who goes on when: the value that tells one execution of a body from another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from harness.errors import UsageError

_SWITCH = re.compile(r"T(\d+)@(\d+)>T(\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Switch:
    """Be one departure from the default policy: when `task` reaches its `point`-th switch point, `to` goes on.

    Args:
        task: the number of the task that loses its turn; `T0` runs the body.
        point: the number of the switch point among that task's own, from 1.
        to: the number of the task that goes on.

    Raises:
        UsageError: for a number that is not a whole number in its range.
    """

    task: int
    point: int
    to: int

    def __post_init__(self) -> None:
        for name, value, least in (
            ("task", self.task, 0),
            ("point", self.point, 1),
            ("to", self.to, 0),
        ):
            if type(value) is not int or value < least:
                raise UsageError(
                    f"Switch got {name}={value!r}. Give a whole number, {least} or greater."
                )

    def __str__(self) -> str:
        return f"T{self.task}@{self.point}>T{self.to}"


@dataclass(frozen=True, slots=True)
class Interleaving:
    """Be a tuple of switches; the empty one means that nobody is interrupted.

    Any tuple is valid: a switch that cannot apply is ignored. `parse` and `str` are inverse.

    Args:
        switches: the departures from the default policy, in the order in which they happen.

    Raises:
        UsageError: when `switches` holds anything but switches.
    """

    switches: tuple[Switch, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.switches, tuple) or not all(
            isinstance(switch, Switch) for switch in self.switches
        ):
            raise UsageError(
                f"Interleaving got {self.switches!r}. Give a tuple of Switch, "
                "or use Interleaving.parse('T1@2>T2')."
            )

    @classmethod
    def parse(cls, text: str) -> Interleaving:
        """Return the interleaving that `text` describes, like `T1@2>T2 T2@5>T1`.

        Args:
            text: switches separated by white space; an empty text is the empty interleaving.

        Raises:
            UsageError: when a part is not a switch.
        """
        if not isinstance(text, str):
            raise UsageError(
                f"Interleaving.parse got {text!r}. Give a text like 'T1@2>T2', or an empty one."
            )
        switches = []
        for part in text.split():
            match = _SWITCH.fullmatch(part)
            if match is None:
                raise UsageError(
                    f"Interleaving.parse cannot read {part!r} in {text!r}. "
                    "Write each switch as T<task>@<point>>T<task>, like T1@2>T2."
                )
            task, point, to = map(int, match.groups())
            switches.append(Switch(task, point, to))
        return cls(tuple(switches))

    def __str__(self) -> str:
        return " ".join(map(str, self.switches))

    def __repr__(self) -> str:
        return f"Interleaving.parse({str(self)!r})" if self.switches else "Interleaving()"

    def __len__(self) -> int:
        return len(self.switches)

    def __bool__(self) -> bool:
        return True

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))
