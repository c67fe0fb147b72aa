"""How few preemptions a trace takes, and at least each trace that begins with a part of it.

A trace has as many preemptions as that of its executions with the fewest. In a part that is not all
of a trace, a task counts as preempted only if it goes on in it: until then it may have done more. So
no trace has fewer than its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from harness.operation import READ, Location, Operation, Which

_Cut: TypeAlias = tuple[int, ...]  # how many steps of each task are done
# With the task that has done the last one, and those that were preempted and never go on.
_State: TypeAlias = tuple[_Cut, int, frozenset[int]]
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Step:
    """Be an operation of a trace, or of a part of one.

    Args:
        operation: what is done.
        clock: how many operations of each task come before it in the trace, or are it.
        enabled_by: those that it cannot be done without.
        opened: whether, just before it, what waits for its location could be done.
    """

    operation: Operation
    clock: list[int]
    enabled_by: Sequence[Which]
    opened: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Be what a task does in a row, because to stop within is never better than to go on.

    Args:
        first: its first step.
        before: how many stretches of others come before it.
        enabled_by: of these, those that it cannot begin without.
        lets_others_go_on: whether others may be able to go on after it, and not before.
    """

    first: Step
    before: list[Which]
    enabled_by: list[Which]
    lets_others_go_on: bool


class Orders:
    """Be all orders in which steps can be done.

    Args:
        steps: of each task those from its first one on, in an order in which they can be done.
        waiting: what tasks were waiting for at the end.
        stops: steps before which others may come for some other reason.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        waiting: Mapping[int, Step] | None = None,
        stops: Container[Which] = (),
    ) -> None:
        waiting = waiting or {}
        waited_for = {one.operation.waits_for for one in (*steps, *waiting.values())} - {None}
        enabling = {which for one in (*steps, *waiting.values()) for which in one.enabled_by}
        tasks = 1 + max(step.operation.task for step in steps)
        self._places: list[list[int]] = [[] for _ in range(tasks)]  # of the steps, in stretches
        self._stretches: list[list[_Stretch]] = [[] for _ in range(tasks)]
        self._waited_for: dict[Location | None, list[tuple[int, int, bool]]] = {
            location: [] for location in waited_for
        }
        known = [0] * tasks  # of others' stretches
        before_of: list[list[int]] = [list(known) for _ in range(tasks)]
        for step in steps:
            operation = step.operation
            task = operation.task
            lets_others_go_on = operation.waits_for is None and (
                operation.which in enabling
                or any(location in waited_for for location, _ in operation.touches)
            )
            before = self._places_before(step)
            known = before_of[task]
            if (
                not self._stretches[task]
                or lets_others_go_on
                or operation.waits_for is not None
                or operation.which in stops
                or any(count > known[other] for other, count in before)
            ):
                for other, count in before:
                    known[other] = max(known[other], count)
                enabled_by = [
                    (other, self._places[other][index]) for other, index in step.enabled_by
                ]
                self._stretches[task].append(
                    _Stretch(
                        step, before, enabled_by, lets_others_go_on or operation.which in stops
                    )
                )
            place = len(self._stretches[task]) - 1
            self._places[task].append(place)
            for location, _ in operation.touches:
                if location in self._waited_for:
                    self._waited_for[location].append((task, place, step.opened))
        self._waiting = {
            task: _Stretch(
                one,
                [],
                [(other, self._places[other][index]) for other, index in one.enabled_by],
                lets_others_go_on=False,
            )
            for task, one in waiting.items()
        }
        self._whole = tuple(map(len, self._stretches))
        self.effort = len(steps)  # steps and states that were looked at

    def have_one_with(self, most: int) -> bool:
        """Say whether there is one with no more than `most` preemptions."""
        whole = self._whole
        return self._is_reached(most, lambda _, cut: cut == whole, is_part=False)

    def begin_one_with(self, most: int, goal: Which, late: Sequence[Which]) -> bool:
        """Say whether a longer one can do one of the `late` steps after `goal`.

        Args:
            most: the number of preemptions.
            goal: a step.
            late: others that need not come before it; the first of each task has to be a stop.
        """
        goals = self._places[goal[0]][goal[1]]
        places = {(task, self._places[task][index]) for task, index in late}

        def is_late(before: _Cut, cut: _Cut) -> bool:
            return before[goal[0]] > goals and any(
                before[task] <= place < cut[task] for task, place in places
            )

        return self._is_reached(most, is_late, is_part=True)

    # Inside --------------------------------------------------------------------------------

    def _places_before(self, step: Step) -> list[Which]:
        task = step.operation.task
        return [
            (other, self._places[other][count - 1] + 1)
            for other, count in enumerate(step.clock)
            if count and other != task
        ]

    def _is_reached(
        self, most: int, is_end: Callable[[_Cut, _Cut], bool], *, is_part: bool
    ) -> bool:
        """Say whether an order comes to an end, first without preemptions, then with one more.

        Args:
            most: the number of preemptions.
            is_end: says so of what is done before something, and what after it.
            is_part: whether tasks that are left may go on after what is known.
        """
        tasks = len(self._whole)
        nothing = (0,) * tasks
        reached: list[tuple[_Cut, _State]] = [(nothing, (nothing, _NOBODY, frozenset()))]
        seen: set[_State] = set()
        for _ in range(most + 1):
            with_one_more: list[tuple[_Cut, _State]] = []
            while reached:
                before, state = reached.pop()
                cut, last, left = state
                if is_end(before, cut):
                    return True
                if state in seen:
                    continue
                seen.add(state)
                self.effort += tasks
                lefts = [left]
                if is_part and self._goes_on(last, cut, left):
                    lefts.append(left | {last})
                for now_left in lefts:
                    for is_preemption, to, now in self._following(cut, last, now_left):
                        following = with_one_more if is_preemption else reached
                        following.append((cut, (to, now, now_left)))
            reached = with_one_more
        return False

    def _following(
        self, cut: _Cut, last: int, left: frozenset[int]
    ) -> list[tuple[bool, _Cut, int]]:
        """Return what can come next and who does it, and whether that preempts somebody."""
        goes_on = self._goes_on(last, cut, left)
        found: list[tuple[bool, _Cut, int]] = []
        for task, done in enumerate(cut):
            if task in left or done == self._whole[task] or not self._can_begin(task, done, cut):
                continue
            first = self._stretches[task][done].first
            before, after = cut[:task], cut[task + 1 :]
            if task != last and _is_passing(first.operation):  # it stands there and is let pass
                found.append((False, (*before, done + 1, *after), last))
            found += [
                (goes_on and task != last, (*before, end, *after), task)
                for end in self._ends(task, done, cut)
            ]
        return found

    def _ends(self, task: int, done: int, cut: _Cut) -> list[int]:
        """Return how much a task can have done when it stops."""
        ends: list[int] = []
        stretches = self._stretches[task]
        for end in range(done + 1, len(stretches)):
            stretch = stretches[end]
            if not self._can_begin(task, end, cut):
                return [*ends, end]
            if stretch.lets_others_go_on:
                ends.append(end)
        return [*ends, len(stretches)]

    def _can_begin(self, task: int, place: int, cut: _Cut) -> bool:
        """Say whether all that others do before a stretch is done."""
        for other, count in self._stretches[task][place].before:  # noqa: SIM110  it is much faster
            if cut[other] < count:
                return False
        return True

    def _goes_on(self, task: int, cut: _Cut, left: Container[int]) -> bool:
        """Say whether a task waits for nobody, and does more later."""
        if task == _NOBODY or task in left:
            return False
        place = cut[task]
        if place < self._whole[task]:
            stretch = self._stretches[task][place]
        elif task in self._waiting:
            stretch = self._waiting[task]
        else:
            return False
        operation = stretch.first.operation
        if any(cut[other] <= enabling for other, enabling in stretch.enabled_by):
            return False
        return (
            operation.waits_for is None
            or (place < self._whole[task] and self._can_begin(task, place, cut))
            or self._is_open(operation.waits_for, cut)
        )

    def _is_open(self, location: Location, cut: _Cut) -> bool:
        """Say whether what waits for a location can be done, as is known from what comes next."""
        for task, place, opened in self._waited_for[location]:
            if place >= cut[task]:
                return opened
        return False


def _is_passing(operation: Operation) -> bool:
    """Say whether all who wait can do it at once, each where it stands."""
    return operation.waits_for is not None and (operation.waits_for, READ) in operation.touches
