"""Watch an execution: which locations are contended, and what happens step by step."""

from __future__ import annotations

import linecache
import sys
from functools import cached_property
from types import FrameType, ModuleType
from typing import Any
from weakref import ref

from harness.control.accesses import calls, containers, locations, looks_at_the_clock
from harness.control.accesses.locations import Accessed
from harness.control.accesses.operators import of_operator
from harness.control.observing.conflicts import Conflicts
from harness.control.observing.history import History
from harness.control.observing.lives import Lives, about_death, may_refer_weakly
from harness.control.observing.open_calls import OpenCalls
from harness.control.observing.order import Order
from harness.control.observing.raw_steps import RawStep, answer_of
from harness.control.observing.resource_names import ResourceNames, shown_operation
from harness.control.observing.unseen import unseen_read, unseen_write
from harness.control.observing.vector_clocks import VectorClocks
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import FOREVER, Task
from harness.instrument.scope import CodeScope
from harness.instrument.site import Site
from harness.kinds import dictionary_of, is_a
from harness.operation import READ
from harness.outcome import Location
from harness.report.value_text import text_of
from harness.step import LOOKS_AT_THREADS, TIME_IS_OVER, Place
from harness.trace import Trace

_NOWHERE = ("", 0, "")  # no line of code in scope


class Observer(ResourceNames):
    """Find the contended sites of an execution, and its steps if they are wanted.

    Two accesses are concurrent unless starting and joining threads orders them: that order is the
    same in every execution. So each task has a vector clock that starts and joins carry over.
    A switch right before an access makes no difference if a lock is held at all accesses to the
    location: whatever the others do meanwhile they could do before it was taken. (The lockset of
    Savage et al.: "Eraser", TOCS 1997, pair by pair.)

    Args:
        scope: which code has switch points.
        steps: whether to keep the steps, with values.
        conflicts: whether to collect the operations whose order could be the other way round.
        order: whether to keep the order of all operations.
    """

    def __init__(
        self, scope: CodeScope, *, steps: bool = False, conflicts: bool = False, order: bool = False
    ) -> None:
        self.keeps_steps = steps
        self._collects_conflicts = conflicts
        self._keeps_order = order
        self._scope = scope
        self.begin()

    def begin(self) -> None:
        """Forget everything, because the execution is run again."""
        self.contended_sites: set[Site] = set()
        self.known_sites: set[Site] = set()
        self.contended_resources = False  # two tasks used the same lock, queue, event, …
        self.places: list[Place] = []  # of the switches that departed from the default policy
        self.creations, self.makers = {}, {}
        self._names, self._namesakes = {}, {}
        self._steps: list[RawStep] = []
        self._histories: dict[tuple[int, Any], History] = {}
        self._kept: dict[int, Any] = {}
        self._aliases: dict[int, int] = {}
        self._clocks = VectorClocks()
        self._users: dict[int, set[int]] = {}
        self.conflicts = Conflicts() if self._collects_conflicts else None
        self.order = Order() if self._keeps_order else None
        self._open_calls = OpenCalls()
        self.lives = Lives()
        self._loose_deaths: list[Site] = []
        self._unseen = ""  # what others may not be seen to read
        self.is_incomplete = False  # something contended goes on while other code runs
        self._departures = 0
        self._interrupted: set[int] = set()

    # What the hooks tell -------------------------------------------------------------------

    def access(self, task: Task, site: Site, operand: Any, detail: Any, value: Any = None) -> None:
        """Note an access at a site of the code."""
        kind = site.kind
        write = kind.startswith(("write", "delete", "inplace"))
        delete = kind.startswith(("delete", "inplace"))  # no value is known
        if kind.endswith("attribute"):
            accessed = self._of_attribute(site, operand, detail, write)
            value = detail
        elif kind.endswith("cell"):
            accessed = locations.of_cell(operand, site.name, write=write)
            value = detail
        else:
            known = id(operand) in self._kept
            accessed = of_operator(kind, operand, detail, write=write, delete=delete, known=known)
            if not kind.endswith("item"):
                value = detail
            if kind == "iterate" and not known and containers.of_advance(operand).touches:
                self._keep(operand)  # it was there before the loop, so others may have it
        if self.lives.in_use:
            accessed = accessed.joined(self.lives.of_access(site, operand))
        self._note(task, site, accessed, write, delete, value)
        if kind.endswith("_attribute"):
            self._begin_what_follows(task, site, operand, detail, accessed)

    def pass_over(self, task: Task, site: Site) -> None:
        """Note that what is met at a site is nothing that anybody else could change."""
        self.known_sites.add(site)
        self._open_calls.around(task.number, site.code)

    def name(self, task: Task, site: Site, frame: FrameType, value: Any) -> None:
        """Note an access to a global name."""
        if site.kind != "read_name" or not locations.is_builtin(site.name, frame):
            return self._note_name(task, site, frame, value)
        self.known_sites.add(site)
        self._touch_around(task, site)

    def call(self, task: Task, site: Site, function: Any, *given: Any) -> None:
        """Note a call of code that has no switch points, with its arguments or `None` for them."""
        accessed = calls.of_call(function, *given)
        if self.lives.in_use or may_refer_weakly(function):
            accessed = accessed.joined(self.lives.of_call(site, function, given))
        for one in calls.dictionaries_given_by(function, *given):
            self._alias(one)
        write = any(touch.mode != READ for touch in accessed.touches)
        self._note(task, site, accessed, write, True, None)
        kept = calls.of_what_is_kept(function, given, accessed)
        if kept.touches:
            self._open_calls.begin(task.number, site.code, kept)

    def synchronize(
        self, task: Task, operation: str, resource: Any, *, patience: int = FOREVER
    ) -> None:
        """Note a synchronization operation."""
        users = self._users.setdefault(id(resource), set())
        users.add(task.number)
        if resource is not None and id(resource) not in self._kept:
            self._keep(resource)
        if len(users) > 1:
            self.contended_resources = True
        if self.conflicts is not None:
            line = self._here()[1]
            self.conflicts.synchronize(
                task, operation, resource, line, self._clocks.of(task.number)
            )
        if self.order is not None:
            self.order.attempt(task, resource)
        if self.keeps_steps:
            answer = answer_of(resource) if operation in LOOKS_AT_THREADS else ""
            shown = shown_operation(operation, resource)
            self._add(task, shown, self.describe(resource), answer, self._here(), ())

    def create(self, resource: Any) -> None:
        """Note where a lock is made."""
        self.meet(resource)

    def meet(self, resource: Any) -> None:
        """Note where a lock that was made early is used first."""
        file, line, self.makers[id(resource)] = self._here()
        self.creations[id(resource)] = (file, line)
        self._keep(resource)

    def start(self, parent: Task, child: Task) -> None:
        """Note that a thread was started: what came before it happens before the child."""
        self._clocks.start(parent.number, child.number)
        if self.order is not None:
            self.order.begin_or_end(parent, child.thread)
        if self.keeps_steps:
            self._add(parent, "start", f"T{child.number}", "", self._here(), ())

    def look_for_start(self, task: Task, joined: Task) -> None:
        """Note that a thread is about to be joined that another has started, perhaps too late."""
        running.looks_at_threads |= not self._clocks.knows_start(task.number, joined.number)

    def join(self, task: Task, joined: Task, *, timed: bool) -> None:
        """Note that a thread was joined: what it did happens before what comes now."""
        self._clocks.learn(task.number, self._clocks.of(joined.number))
        if self.order is not None:
            self.order.begin_or_end(task, joined.thread)
        if self.keeps_steps:
            self._add(task, "join", f"T{joined.number}", "", self._here(), ())

    def switch(self, task: Task, to: Task, kind: str) -> None:
        """Note that the turn goes to another task."""
        if self.order is not None:
            self.order.switch(task, to)
        if self.conflicts is not None and to.ready is not None and to.operation == "wait":
            line = self._place_of_task(to)[1]
            self.conflicts.wake(to, line, self._clocks.of(to.number))
        if len(running.switches) > self._departures:
            self._departures = len(running.switches)
            file, line, function = self._here()
            location = Location(file, line) if file else None
            source = linecache.getline(file, line).strip() if file else ""
            self.places.append(Place(function or task.name, kind, source, location))
            if not task.done and task.ready is None:
                self._interrupted.add(task.number)

    def resumed(self, task: Task, *, timed: bool) -> None:
        """Note that a task goes on after it was blocked, for which time may have passed."""
        if timed:
            self._touch(task, looks_at_the_clock.A_WAIT, looks_at_the_clock.MOVE)

    def ran_out(self, task: Task, operation: str, resource: Any, seconds: float) -> None:
        """Note that a task has waited for nothing, which a sleep is not, nor a loop's for a timer."""
        if self.keeps_steps and seconds and operation not in ("sleep", "select"):
            what = f"{shown_operation(operation, resource)}: {seconds:g} s are over"
            able = [one.number for one in running.alive if one is not task and one.can_go_on()]
            self._add(task, TIME_IS_OVER, what, f"{seconds:g}", self._here(), ())
            self._steps[-1].others = tuple(able)

    def ended(self, task: Task) -> None:
        """Note that a task has ended."""
        if self.keeps_steps:
            self._add(task, "end", f"T{task.number}", "", _NOWHERE, ())

    def clock_read(self, task: Task) -> None:
        """Be told that a task looks at a clock."""

    def before_end(self) -> None:
        """Be told that the execution is over, while everybody still stands."""

    # What comes of it ----------------------------------------------------------------------

    @property
    def unseen(self) -> str:
        """Return what tasks may do to each other that was not seen, or nothing."""
        ends = self.lives.end.touches if self._loose_deaths else ()
        histories = [self._histories.get((id(touch.owner), touch.name)) for touch in ends]
        if any(history is not None and history.contended for history in histories):
            return about_death(self._loose_deaths[0])
        return self._unseen

    def trace(self) -> Trace:
        """Return the steps that were kept."""
        threads = {  # the name that is_alive() has noted, perhaps before the start, and the task's
            self._names.get(id(task.thread)): f"T{task.number}" for task in running.tasks
        }
        steps = tuple(raw.step(threads) for raw in self._steps)
        return Trace(steps, tuple(task.name for task in running.tasks))

    # Inside --------------------------------------------------------------------------------

    def _note_name(self, task: Task, site: Site, frame: FrameType, value: Any) -> None:
        is_read, is_delete = site.kind == "read_name", site.kind == "delete_name"
        accessed = locations.of_name(frame, site.name, write=not is_read)
        self._note(task, site, accessed, not is_read, is_delete, value)

    def _of_attribute(self, site: Site, operand: Any, detail: Any, write: bool) -> Accessed:
        if site.kind == "super_attribute":
            return locations.of_super_attribute(operand, detail, site.name)
        if not self._unseen:
            unseen = unseen_write(site, operand, detail) if write else unseen_read(site, operand)
            self._unseen = unseen
        accessed = locations.of_attribute(operand, site.name, write=write)
        if site.name == "__dict__":
            if site.kind != "write_attribute":
                self._alias(operand)
            elif is_a(detail, dict):  # whose items are the attributes from now on
                accessed = accessed.joined(locations.of_any_attribute("setattr", detail))
        return accessed

    def _begin_what_follows(
        self, task: Task, site: Site, operand: Any, detail: Any, accessed: Accessed
    ) -> None:
        if site.kind == "write_attribute" and site.name == "__dict__":
            self._share(operand, detail)
        elif site.kind == "read_attribute" and type(accessed.value) is cached_property:
            kept = locations.of_attribute(operand, site.name, write=True)
            self._open_calls.begin(task.number, site.code, kept)

    def _note(
        self, task: Task, site: Site, accessed: Accessed, write: bool, delete: bool, value: Any
    ) -> None:
        self.known_sites.add(site)
        if self.lives.in_use:
            accessed = self.lives.note(task.number, site, accessed, write)
        if self.conflicts is not None:
            self.conflicts.count(task, site.label)
        around = self._touch_around(task, site)
        histories = tuple(self._touch(task, site, touch) for touch in accessed.touches)
        if self.order is not None and (histories or around):
            self.order.access(task, (*accessed.touches, *around))
        if histories and site.label[0] == "container" and containers.may_call_back(accessed):
            self._open_calls.begin(task.number, site.code, accessed)
        if self.keeps_steps and histories:
            if write:
                text = "" if delete else text_of(value)
            else:
                text = text_of(accessed.value) if locations.has_value(accessed) else ""
            place = (site.code.co_filename, site.line, site.code.co_qualname)
            kind = "write" if write else "read"
            self._add(task, kind, accessed.label, text, place, histories)

    def note_death(self, site: Site, is_part: bool) -> None:
        """Note that something has died to which weak references lead.

        Args:
            site: of the task's last access.
            is_part: whether that access has dropped the last reference.
        """
        for touch in self.lives.end.touches:
            self._touch(running.current, site, touch)
        if not is_part:
            self._loose_deaths.append(site)

    def _touch_around(self, task: Task, site: Site) -> list[locations.Touch]:
        """Let the point touch what the accesses touch that it is inside of."""
        around = self._open_calls.around(task.number, site.code)
        for touch in around:
            self._touch(task, site, touch)
        return around

    def _touch(self, task: Task, site: Site, touch: locations.Touch) -> History:
        accessed, name, mode = touch
        owner = id(accessed)
        if self._aliases:
            owner = self._aliases.get(owner, owner)
        history = self._histories.get((owner, name))
        if history is None:
            if id(accessed) not in self._kept:
                self._keep(accessed)
            history = self._histories[owner, name] = History()
        clock = self._clocks.of(task.number)
        if self.conflicts is not None:
            self.conflicts.access(task, site, (owner, name), mode != READ, clock)
        history.touch(task, site, mode, clock, self.contended_sites)
        return history

    def _keep(self, owner: Any) -> None:
        """See to it that the id of `owner` is not used again while it means something.

        It is not kept alive, which the program could see: in a cache with weak references, say.
        """
        try:
            self._kept[id(owner)] = ref(owner, self._dropper(id(owner)))
        except TypeError:
            self._kept[id(owner)] = owner

    def _dropper(self, owner: int) -> Any:
        kept, histories = self._kept, self._histories
        others: Any = (self._users, self.creations, self.makers, self._names, self._aliases)

        def drop(_: Any) -> None:
            kept.pop(owner, None)
            for known in others:
                known.pop(owner, None)
            for key in list(histories):  # at once: dropping one can drop another in between
                if key[0] == owner:
                    histories.pop(key, None)

        return drop

    def _alias(self, operand: Any) -> None:
        """Let an object's attributes be the items of the dictionary that they are in."""
        fields = dictionary_of(operand)
        owner = self._aliases.get(id(operand), id(operand))
        if owner != id(fields) and not is_a(operand, ModuleType):
            self._aliases[id(fields)] = owner
            self._kept[id(fields)] = fields

    def _share(self, operand: Any, fields: Any) -> None:
        """Let an object's attributes be those of all that get the same dictionary."""
        if is_a(fields, dict):
            self._keep(operand)
            self._aliases[id(operand)] = self._aliases.get(id(fields), id(fields))
            self._kept[id(fields)] = fields

    def _add(
        self,
        task: Task,
        kind: str,
        what: str,
        value: str,
        place: tuple[str, int, str],
        histories: tuple[History, ...],
    ) -> None:
        switched = task.number in self._interrupted
        self._interrupted.discard(task.number)
        alone = len(running.tasks) == 1
        self._steps.append(
            RawStep(task.number, task.points, kind, what, value, place, histories, alone, switched)
        )

    def _place_of_task(self, task: Task) -> tuple[str, int, str]:
        frame = None if task.carrier is None else task.carrier.gr_frame
        return self._scope.place_of(frame)

    def _here(self) -> tuple[str, int, str]:
        return self._scope.place_of(sys._getframe(1))
