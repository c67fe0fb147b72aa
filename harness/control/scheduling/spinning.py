"""Notice a task that spins: it waits for others in a loop, and would use up the steps of all.

Every now and then, the next points of a task are looked at. It spins when it comes to the same
instruction with the same local variables, in every function on its stack, and nothing was written
in between but what is new in each round: then only others can end its loop. If it sleeps in it, and
somebody looks at a clock, it waits for a time to come, and does not spin. It spins for all that
anybody can tell when many looks in a row have seen no write. So the same program spins at the same
points each time.

Then it is as if it had given up its turn, and it is not offered before another one has moved; see
Musuvathi and Qadeer, "Fair stateless model checking", PLDI 2008.
"""

from __future__ import annotations

import io
from types import CodeType, FrameType
from typing import Any, TypeAlias

from harness.control.accesses.fresh_objects import (
    FreshObjects,
    written_by_call,
    written_by_statement,
)
from harness.control.scheduling.outside import somebody_may_act
from harness.control.scheduling.task import NEVER, Task
from harness.kinds import BUILTIN_METHODS
from harness.own_files import PACKAGE

_POINTS_BEFORE_A_LOOK = 100, 1_000  # at least, at most
_LOOKS = 100  # of one task before it is out of steps
_POINTS_OF_A_LOOP = 64  # a longer one is noticed by what follows
_QUIET_LOOKS = 10
_POINTS_OF_OTHERS = 100
_WRITES = ("write", "delete", "inplace", "notify", "set", "clear", "start")
_SOME_TIME = 1e-4  # virtual seconds; a loop that lets more pass sleeps
_MOST_LEAPS = 64
_MOST_ROUNDS = 200  # of one that sleeps: it may count them where nobody sees it
_FILES = (io.TextIOWrapper, io.BufferedWriter, io.BufferedReader, io.BufferedRandom, io.FileIO)
_NO_WRITES = frozenset(("close", "fileno"))  # methods of files

_Place: TypeAlias = tuple[CodeType, int, str]
_State: TypeAlias = list[tuple[CodeType, int, list[Any]]]
_Time: TypeAlias = tuple[float, int]  # virtual seconds, and how often anybody looked at a clock


def points_before_a_look(max_steps: int) -> int:
    """Return how many points a task passes before it is looked at."""
    least, most = _POINTS_BEFORE_A_LOOK
    return min(max_steps, max(least, min(most, max_steps // _LOOKS)))


class Spinning:
    """Look at the points of an execution's tasks.

    Args:
        pause: how many points pass between two looks at a task that does not spin.

    Invariant: what is in `_spinning` has done nothing but spin since anybody last did anything.
    """

    def __init__(self, pause: int) -> None:
        self._pause = pause
        self._task: Task | None = None  # whose points are looked at
        self._place: _Place | None = None
        self._depth = 0  # of the stack there
        self._state: _State = []
        self._began: _Time = (0.0, 0)
        self._opened: tuple[Any, Any] | None = None  # the last path and mode
        self._fresh = FreshObjects()
        self._left = 0  # points until another place is remembered
        self._quiet_looks = 0  # looks in a row, in one turn, at points that wrote nothing
        self._others = 0  # points of the others at the last look
        self._point = 0  # the point of the last look
        self._spinning: list[Task] = []
        self._perhaps_spinning: list[Task] = []
        self._all_seen = False  # every point since somebody last gave up its turn was looked at
        self._leaps = 0
        self._rounds = 0  # since somebody last wrote
        self._sleeps = False  # whether the loop that was seen last lets time pass
        self.waiting: list[Task] = []  # who gave up its turn and has not got it back yet
        self.goes_on = False  # whether the next point is looked at, too
        self._is_sure = False  # whether who gave up its turn last has nothing else to do

    def look(
        self, task: Task, point: int, kind: str, frame: FrameType, steps: int, now: _Time
    ) -> tuple[bool, int]:
        """Look at a point.

        Args:
            task: the running task.
            point: the number of its switch point.
            kind: what it is about to do.
            frame: what has called the scheduler.
            steps: points of all tasks.
            now: the virtual time.

        Returns:
            Whether it spins, and how many points on the next look is.
        """
        spins, next_look = self._look(task, point, kind, frame, steps, now)
        self.goes_on = next_look == 1
        return spins, next_look

    def _look(
        self, task: Task, point: int, kind: str, frame: FrameType, steps: int, now: _Time
    ) -> tuple[bool, int]:
        others = steps - task.points
        is_same_turn = task is self._task and others == self._others
        if not is_same_turn or point > self._point + 2:
            if not (self._all_seen and steps <= self._others + self._point + 2):
                self._all_seen = False
                self._spinning.clear()
            self._place, self._left = None, _POINTS_OF_A_LOOP
        if not is_same_turn:
            self._task, self._quiet_looks = task, 0
        self._others, self._point = others, point
        written: list[Any] | None = None
        if kind.startswith(_WRITES):
            written = written_by_statement(frame)
        elif kind.startswith("call") and not self._opens_again(frame):
            written = written_by_call(frame) or None
        if written is not None:
            if self._fresh.are_all(written, frame):
                return False, 1
            self._forget()
            return False, self._pause
        caller = _outside_the_harness(frame)
        if caller is None:
            return False, 1
        return self._look_at_place(task, (caller.f_code, caller.f_lasti, kind), caller, now)

    def _opens_again(self, hook: FrameType) -> bool:
        """Say whether a file is opened just as the last one, or closed: no loop ends by that."""
        known = hook.f_locals
        function: Any = known.get("function")
        if type(function) in BUILTIN_METHODS and type(function.__self__) in _FILES:
            return function.__name__ in _NO_WRITES
        if function is not open:
            return False
        before, self._opened = self._opened, (known.get("argument"), known.get("second"))
        return before is not None and all(map(_is_same_text, before, self._opened))

    def _look_at_place(
        self, task: Task, place: _Place, caller: FrameType, now: _Time
    ) -> tuple[bool, int]:
        self._left -= 1
        if place == self._place:
            # To look at variables is dear, so not before the loop has gone round.
            if not self._state:
                self._state, self._began = _state_of(caller), now
            elif not self._is_as_before(caller):
                self._left = 0
            elif self._waits_for_a_time(now):
                return False, self._pause
            else:
                self._is_sure = self._all_seen
                if self._all_seen and task not in self._spinning:
                    self._spinning.append(task)
                return True, 1
        elif self._place is None:
            if not task.held or self._left < 0:
                self._remember(place, _depth_of(caller))
        elif not self._state and (depth := _depth_of(caller)) < self._depth and not task.held:
            self._remember(place, depth)  # what is inside may be new in each round
        if self._left > 0 or task.held:
            return False, 1
        return self._has_been_quiet(task), self._pause

    def _remember(self, place: _Place, depth: int) -> None:
        self._place, self._depth, self._state = place, depth, []

    def _waits_for_a_time(self, now: _Time) -> bool:
        self._sleeps = now[0] - self._began[0] > _SOME_TIME
        return self._sleeps and now[1] != self._began[1]

    def _has_been_quiet(self, task: Task) -> bool:
        self._quiet_looks += 1
        if self._quiet_looks < _QUIET_LOOKS:
            return False
        self._quiet_looks = 0
        self._is_sure = True  # that others will not end it; perhaps it does so itself
        if task not in self._perhaps_spinning:
            self._perhaps_spinning.append(task)
        return True

    def _forget(self) -> None:
        """Take note that somebody has written, after which nothing that was seen holds."""
        self._all_seen = False
        self._quiet_looks = self._rounds = 0
        self._spinning.clear()
        self._perhaps_spinning.clear()

    def who_goes_on(self, task: Task, alive: list[Task]) -> tuple[list[Task], float]:
        """Let `task` give up its turn; every point is looked at from now on.

        Returns:
            Who may go on instead, first choice first, nobody if `task` itself must; and by how many
            virtual seconds time goes on, `NEVER` if nobody will ever do anything else.
        """
        known = (*self._spinning, *self._perhaps_spinning, task)
        able = [one for one in alive if one.ready is None or one in self.waiting or one.ready()]
        others = [one for one in able if one not in known]
        leap = 0.0
        if others:
            others.sort(key=lambda other: (other.number < task.number, other.number))
        elif self._is_sure:
            timed = [other for other in alive if other.deadline is not None]
            others = sorted(timed, key=lambda other: other.deadline or 0.0)[:1]
            leap = 0.0 if others else self._leap(alive)
        self._all_seen = True
        if others:
            self._task = self._place = None
            self.waiting.append(task)
        else:
            self._state, self._left = [], _POINTS_OF_A_LOOP
        return others, leap

    def may_return(self, points_of_others: int, alive: list[Task]) -> bool:
        """Say whether who gave up its turn is offered again: a search would choose it at once."""
        return points_of_others >= _POINTS_OF_OTHERS or not any(
            task not in self.waiting and (task.ready is None or task.ready()) for task in alive
        )

    def _leap(self, alive: list[Task]) -> float:
        is_certain = not self._perhaps_spinning
        self._spinning.clear()
        self._perhaps_spinning.clear()
        if self._sleeps:
            self._rounds += 1
            is_over = self._rounds > _MOST_ROUNDS
        else:
            self._leaps += 1
            is_over = self._leaps > _MOST_LEAPS
        if is_over and is_certain and not somebody_may_act([task.thread for task in alive]):
            return NEVER
        return 0.0 if is_over or self._sleeps else 1e-3 * 2.0 ** min(self._leaps, 40)

    def _is_as_before(self, frame: FrameType) -> bool:
        current: FrameType | None = frame
        for code, instruction, values in self._state:
            if current is None or current.f_code is not code or current.f_lasti != instruction:
                return False
            now = list(current.f_locals.values())
            if len(now) != len(values) or any(
                one is not other and not _are_files(one, other)
                for one, other in zip(now, values, strict=True)
            ):
                return False
            current = current.f_back
        return current is None


def _state_of(frame: FrameType | None) -> _State:
    state = []
    while frame is not None:
        state.append((frame.f_code, frame.f_lasti, list(frame.f_locals.values())))
        frame = frame.f_back
    return state


def _depth_of(frame: FrameType | None) -> int:
    depth = 0
    while frame is not None:
        depth += 1
        frame = frame.f_back
    return depth


def _outside_the_harness(frame: FrameType | None) -> FrameType | None:
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return frame


def _are_files(one: object, other: object) -> bool:
    """Say whether both are files of the same kind: who tries again to lock one opens it anew."""
    return type(one) is type(other) and type(one) in _FILES


def _is_same_text(one: object, other: object) -> bool:
    return one is other or (type(one) is type(other) is str and one == other)
