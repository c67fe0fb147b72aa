"""What the scheduler knows of the running execution."""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable, Sequence
from typing import Any

from greenlet import getcurrent

from harness.control.scheduling.carriers import Carrier, Carriers, greenlets
from harness.control.scheduling.delays import Delays
from harness.control.scheduling.protocols import Chooser, HandOverRule
from harness.control.scheduling.spinning import Spinning, points_before_a_look
from harness.control.scheduling.task import NEVER, Task
from harness.instrument.site import NOT_ASKED


class ExecutionState:
    """Be the state of one execution after the other.

    Invariants: `current` is the only task whose code runs; `alive` holds the tasks that are not
    done, by number.
    """

    __slots__ = (
        *(
            "abandoned",
            "alive",
            "asked_at_release",
            "before_end",
            "before_switch",
            "carriers",
            "chooser",
            "clock_looks",
        ),
        *(
            "current",
            "cut_short",
            "deadlocked",
            "delays",
            "endless",
            "epoch",
            "everywhere",
            "failures",
        ),
        *("hand_overs", "has_remains", "ident"),
        *(
            "interrupted",
            "keeps_turns",
            "killing",
            "listening",
            "looks_at_threads",
            "met_unknown_site",
            "now",
        ),
        *(
            "observer",
            "out_of_steps",
            "situation",
            "steps_alone",
            "stuck",
            "switches",
            "tasks",
            "thread_ident",
            "watching",
        ),
        *(
            "_allowed",
            "_alone_since",
            "_ask",
            "_ended_holding",
            "_hub",
            "_kills",
            "_looks",
            "_max_steps",
            "_share",
        ),
        *("_spinning", "_starting"),
    )

    def __init__(self) -> None:
        self.carriers: Carriers = greenlets
        self.ident = 0
        self.listening: Carrier | None = None  # whose hooks are points; None: nobody's
        self.thread_ident = 0  # the OS thread of the running execution, 0 between executions
        self.current: Task = None  # type: ignore[assignment]  # set while thread_ident is not 0
        self.tasks: list[Task] = []
        self.alive: list[Task] = []
        self.situation = 0  # how often a task has started, begun or ended a wait, or ended
        self.chooser: Chooser = None  # type: ignore[assignment]
        self.has_remains = False  # something is to be put back after the execution
        self.hand_overs: HandOverRule | None = None  # None: a switch is allowed at every point
        self.delays: Delays | None = None  # None: tasks can be held up for any time
        self.watching = False
        self.everywhere = False  # the chooser is asked whether it is contended or not
        self.observer: Any = None
        self.now = 0.0  # virtual seconds since the execution began
        self.clock_looks = 0  # looks at a clock in all executions
        self.switches: list[tuple[int, int, int]] = []  # departures: (task, point, to)
        self.epoch = 0  # executions begun so far
        self.failures: list[tuple[Task, BaseException]] = []
        self.out_of_steps = False
        self.endless = False  # out of steps before they were used up: everybody spins
        self.deadlocked = False
        self.abandoned = False  # to be left at the next point, because it is to be run again
        self.keeps_turns = False  # it is worth it to remember who could go on: see Choices
        self.killing = False
        self.cut_short = False  # tasks were ended by force when the last execution was over
        self.met_unknown_site = False
        # Whether a switch before a lock is released makes a difference, or before who holds it
        # notifies or waits. It leads nowhere where a switch before the lock was taken does not
        # lead, unless somebody looks whether it is held without waiting for it, releases it for
        # another task, or waits to be notified for some time only. But it may lead there with
        # fewer switches, because whoever then waits for the lock gives the turn back by itself.
        self.asked_at_release = NOT_ASKED
        # Somebody asks whether a thread has started or ended, so switches there matter, too.
        self.looks_at_threads = False
        self.stuck = ""  # why the watchdog ended the execution
        self.interrupted: BaseException | None = None
        self.steps_alone = (
            0  # passed while only one task was alive, so with nobody to go on instead
        )
        self._alone_since = 0  # the points of whoever is alone when the others had ended
        self.before_end: Callable[[], None] | None = None  # called while everybody still stands
        self.before_switch: Callable[[Task, Task], None] | None = None
        self._ask: Callable[[Sequence[int], int, int, int], int] = None  # type: ignore[assignment]
        self._ended_holding: list[Task] = []
        self._hub: Carrier = None  # type: ignore[assignment]
        self._starting: Task | None = None
        self._allowed = NEVER  # the most steps, unless the execution is cut off before
        self._max_steps = NEVER
        self._share = NEVER  # a task's points until all steps are counted, and it is looked at
        self._looks = False  # whether the running task has come to a point that is looked at
        self._spinning: Spinning | None = None  # made when it is needed
        self._kills = 0

    def begin(self, chooser: Chooser, max_steps: int, observer: Any, cut_at: int = NEVER) -> None:
        """Forget the last execution and get ready for the next.

        Args:
            chooser: makes the choices.
            max_steps: the most switch points; how soon spinning is noticed depends on it.
            observer: is told of every operation, if there is one.
            cut_at: after how many switch points it ends if that is sooner.
        """
        if self.cut_short:
            self._let_go_of_what_was_ended()
        for task in self.tasks:
            task.thread = None  # a thread knows its task: free both without the collector
        self.tasks = []
        self.alive = []
        self.situation = 0
        self.switches = []
        self.failures = []
        self._ended_holding = []
        self.chooser = chooser
        self._ask = chooser.choose
        self.watching = chooser.watching
        self.everywhere = chooser.everywhere
        self.observer = observer
        self.keeps_turns = self.watching and observer is None and self.hand_overs is None
        self.now = 0.0
        self.epoch += 1
        self.steps_alone = self._alone_since = 0
        self.out_of_steps = self.endless = self.deadlocked = self.killing = False
        self.abandoned = self.cut_short = False
        self.met_unknown_site = False
        self.stuck = ""
        self.interrupted = None
        if max_steps != self._allowed:
            self._allowed = max_steps
            self._share = points_before_a_look(max_steps)
        self._max_steps = max_steps if max_steps < cut_at else cut_at
        self._looks = False
        self._spinning = None
        self._kills = 0
        self._hub = self.carriers.hub()
        if self.delays is not None:
            self.delays.forget()
        if self.hand_overs is not None:
            self.hand_overs.moved = False

    def _let_go_of_what_was_ended(self) -> None:
        """Let finalizers of an execution that was cut short still see its time, and nobody to wait for."""
        self.killing = True
        self.thread_ident = get_ident()
        for task in self.tasks:
            task.thread = None
        self.thread_ident = 0

    def hears(self) -> bool:
        """Say whether hooks that are called now are points of a task."""
        return getcurrent() is self.listening

    @property
    def steps(self) -> int:
        """Return the number of switch points passed in this execution."""
        points = 0
        for task in self.tasks:
            points += task.points
        return points
