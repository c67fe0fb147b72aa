"""Depth-first search through all choices, optionally with at most so many preemptions.

It is for what the optimal search cannot conclude anything from: the model of the GIL, which leaves
places out, daemons in timed waits when the execution ends, and, within a bound, loops in which a
task waits for others and daemons that could have gone on.

The bound is that of Musuvathi and Qadeer: "Iterative Context Bounding for Systematic Testing of
Multithreaded Programs", PLDI 2007: only a switch away from a task that could go on counts. Here
ending a timed wait although somebody else could go on counts, too: a loop around such a wait would
be endless otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.control.scheduling.task import NEVER
from harness.search.estimate import Estimate, share_of
from harness.search.nondeterminism import NondeterminismError
from harness.search.protocol import Search


@dataclass(slots=True)
class _Choice:
    task: int
    point: int
    options: list[int]  # the default policy's choice first
    preemptions: int  # made before this choice
    first_preemption: int  # the index of the first option that is one
    taken: int = 0  # index in options


class Exhaustive(Search):
    """Run every interleaving once.

    Args:
        preemptions: the most preemptions of an execution, `None` for any number.
    """

    name = "exhaustive"
    watching = True
    needs_observer = True
    needs_numbers = True
    counts_switches = True

    def __init__(self, preemptions: int | None = None) -> None:
        self.preemptions = preemptions
        self._bound = NEVER if preemptions is None else preemptions
        self._choices: list[_Choice] = []
        self._depth = 0
        self._fixed = 0  # choices that this execution repeats
        self._preemptions = 0
        self._begun = False

    def begin(self) -> bool:
        """Go to the next untried option of the last choice that has one."""
        if self._begun:
            while self._choices:
                last = self._choices[-1]
                if last.taken + 1 < len(last.options):
                    last.taken += 1
                    break
                self._choices.pop()
            else:
                return False
        self._begun = True
        self._fixed = len(self._choices)
        self.begin_again()
        return True

    def begin_again(self) -> None:
        """Repeat the choices that are fixed."""
        del self._choices[self._fixed :]
        self._depth = 0
        self._preemptions = 0

    def restart(self) -> None:
        """Begin with the first execution again."""
        self._choices.clear()
        self._begun = False

    def estimate(self) -> Estimate:
        """Say how much of the search is done."""
        tasks = {task for choice in self._choices for task in choice.options}
        return Estimate(
            share_of((choice.taken, len(choice.options)) for choice in self._choices),
            len(self._choices),
            max(tasks, default=0),
        )

    def choose(self, runnable: Sequence[int], task: int, point: int, timed: int) -> int:
        """Repeat a fixed choice, or take the default policy's and note the others."""
        if self._depth < len(self._choices):
            choice = self._choices[self._depth]
            number = choice.options[choice.taken]
            if (choice.task, choice.point) != (task, point) or number not in runnable:
                raise NondeterminismError(
                    f"After the same {self._depth} choices T{choice.task} was at its switch point "
                    f"{choice.point} before, and now T{task} is at its switch point {point}."
                )
        else:
            can_go_on = runnable[0] == task and timed < len(runnable)
            free = max(1, 1 if can_go_on else len(runnable) - timed)
            options = list(runnable if self._preemptions < self._bound else runnable[:free])
            choice = _Choice(task, point, options, self._preemptions, free)
            self._choices.append(choice)
        self._depth += 1
        if choice.taken >= choice.first_preemption:
            self._preemptions += 1
        return choice.options[choice.taken]
