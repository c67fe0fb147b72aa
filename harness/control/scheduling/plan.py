"""An interleaving as a chooser: it departs from the default policy where its switches say."""

from __future__ import annotations

from collections.abc import Sequence

from harness.control.scheduling.protocols import Chooser
from harness.control.scheduling.task import NEVER
from harness.interleaving import Interleaving


class Plan(Chooser):
    """Follow an interleaving; a switch that cannot apply is ignored."""

    watching = False  # not the property, which every execution would ask

    def __init__(self, interleaving: Interleaving) -> None:
        self._targets: dict[tuple[int, int], int] = {}
        self._points: dict[int, list[int]] = {}
        for switch in interleaving.switches:
            key = (switch.task, switch.point)
            if key not in self._targets:
                self._targets[key] = switch.to
                self._points.setdefault(switch.task, []).append(switch.point)
        for points in self._points.values():
            points.sort()

    def planned(self, task: int, after: int) -> int:
        """Return the next point of `task` after point `after` that has a switch."""
        if task not in self._points:
            return NEVER
        for point in self._points[task]:
            if point > after:
                return point
        return NEVER

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Return the switch's target if it can go on, otherwise whom the default policy chooses."""
        target = self._targets.get((task, point))
        return target if target in runnable else runnable[0]  # type: ignore[return-value]  # in runnable, so not None
