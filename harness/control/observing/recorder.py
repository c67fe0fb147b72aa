"""Tell a search what each step of an execution touches, in values that it can compare.

Objects get numbers from the task for which they turn up first, in the order in which they do. So
whatever a task has done in two executions has the same numbers in both. What a new thread can reach
gets its numbers when it is started, so that they do not depend on who touches it first.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cached_property, partial
from types import FrameType, FunctionType
from typing import Any

from harness.control.accesses import calls, files, process_state
from harness.control.accesses.addresses import Addresses
from harness.control.accesses.containers import may_call_back
from harness.control.accesses.given_functions import CACHE
from harness.control.accesses.locations import Accessed, Touch
from harness.control.accesses.looks_at_the_clock import CLOCK
from harness.control.accesses.one_step import changes_its_object
from harness.control.accesses.reach import is_shared, own_parts_of_thread, parts_of
from harness.control.accesses.written import WrittenNames
from harness.control.observing import always_there
from harness.control.observing.availability import is_nested, is_open
from harness.control.observing.left_undone import could_go_on, depends_on_time, waits_for
from harness.control.observing.lives import LIVES
from harness.control.observing.notifications import Notifications
from harness.control.observing.observer import Observer
from harness.control.scheduling.protocols import Listener
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import FOREVER, TIMED, TRIES, Task
from harness.instrument.scope import CodeScope
from harness.instrument.site import Site
from harness.kinds import attribute_of
from harness.operation import READ, WRITE, Location, Operation, Touches, owner_number
from harness.step import LOOKS_AT_THREADS

_READING = frozenset(("is_set", "locked", "qsize"))
_MOST_AT_A_START = 1_000  # objects that one thread's start gives numbers to
_MOST_AT_A_WRITE = 20


class Recorder(Observer):
    """Be an observer that tells a search of each operation.

    Args:
        scope: which code has switch points.
        listener: whom to tell.
    """

    def __init__(self, scope: CodeScope, listener: Listener) -> None:
        self.written = WrittenNames()
        self.addresses = Addresses()
        self._listener = listener
        super().__init__(scope, steps=False)

    def begin(self) -> None:
        """Forget everything, because the execution is run again."""
        super().begin()
        self._numbers: dict[int, int] = {
            id(LIVES): always_there.LIVES,
            id(CLOCK): always_there.CLOCK,
        }
        self._given: list[int] = []  # how many objects each task has given a number
        self._seen: set[int] = set()  # what has been reached from threads when they were started
        self._position = 0  # operations so far
        self._last_task = -1  # who did the last one
        self._last_of: dict[int, int] = {}  # the position of each task's last operation
        self._notifications = Notifications()
        self._passed: set[int] = set()  # tasks whose wait for an event is over
        self.is_unbounded = False  # no trace says how many preemptions it takes

    # What the hooks tell ---------------------------------------------------------------------

    def access(self, task: Task, site: Site, operand: Any, detail: Any, value: Any = None) -> None:
        """Tell of an access at a site of the code, unless it makes no difference."""
        self.addresses.look_at_access(site, operand)
        if site.kind == "read_attribute":
            self._look_for_cached_property(operand, site.name)
        if self.written.is_quiet(site) and not self._comes_in_between(task, site):
            self.known_sites.add(site)
        elif len(running.tasks) > 1 or site.name == "__dict__":
            super().access(task, site, operand, detail, value)
        else:  # it comes before everything that others do
            self.known_sites.add(site)
            self._number(operand)
            self._introduce((detail, value), self._numbers, _MOST_AT_A_WRITE)

    def name(self, task: Task, site: Site, frame: FrameType, value: Any) -> None:
        """Tell of an access to a global name, unless it makes no difference."""
        if len(running.tasks) == 1 or (
            self.written.is_quiet(site) and not self._comes_in_between(task, site)
        ):
            self.known_sites.add(site)
        else:
            self._note_name(task, site, frame, value)

    def call(self, task: Task, site: Site, function: Any, *given: Any) -> None:
        """Tell of a call of code that has no switch points."""
        self.addresses.look_at(site, (function, *given))
        if (function is getattr or function is hasattr) and type(given[1]) is str:
            self._look_for_cached_property(given[0], given[1])
        for one in (function, *given):  # which C code may call
            called = one.func if type(one) is partial else one
            if type(called) in calls.OF_C and type(called) is not CACHE:
                self.written.call(called.__name__)
        if changes_its_object(function):
            self.written.add_names_of(function)
        if type(function) is FunctionType and (bound := process_state.bound_by(function)):
            self.written.add_name(bound)
        if len(running.tasks) > 1 or calls.dictionaries_given_by(function, *given):
            super().call(task, site, function, *given)
        else:
            self.lives.of_call(site, function, given)
            self.known_sites.add(site)

    # What the scheduler and the primitives tell ----------------------------------------------

    def synchronize(
        self, task: Task, operation: str, resource: Any, *, patience: int = FOREVER
    ) -> None:
        """Tell of a synchronization operation, unless it has to wait first."""
        if operation == "select":
            self.is_incomplete = True
        elif is_nested(resource, task, operation):
            return  # nobody is asked here: a look at a clock belongs to what was done before
        elif operation in LOOKS_AT_THREADS:
            self._tell(task, always_there.looked_at(resource), operation)
        elif operation == "acquire":
            if is_open(resource, task) or patience == TRIES:
                self._tell_of_acquire(task, resource, operation, patience)
        elif operation == "wait":
            if hasattr(resource, "_flag"):
                if resource._flag or patience == TRIES:
                    self._tell_of_pass(task, resource, patience)
            else:
                both = (self._whole(resource, WRITE), self._whole(resource._lock, WRITE))
                self._tell(task, both, operation, opened=False)
        else:
            touches = (self._whole(resource, READ if operation in _READING else WRITE),)
            self._tell(task, touches, operation, opened=is_open(resource, None))
            if operation == "notify":
                self._notifications.note(resource, self._position - 1)
            elif operation == "set":
                self._let_pass(resource)
                self._last_task = task.number

    def resumed(self, task: Task, *, timed: bool) -> None:
        """Tell of the operation that a task was blocked in."""
        super().resumed(task, timed=timed)
        operation, resource = task.operation, task.resource
        patience = TIMED if timed else FOREVER
        self.is_unbounded |= timed
        if timed and running.delays is not None:
            self.is_incomplete = True  # whether time can run out depends on all others
        if task.number in self._passed:
            self._passed.remove(task.number)
        elif operation == "acquire":
            self._tell_of_acquire(task, resource, operation, patience)
        elif operation == "sleep":
            self._tell(task, (), operation, patience=TIMED)
        elif operation == "select":
            self.is_incomplete = True
        elif operation == "join":
            joined = resource._hypothread_task
            if not joined.done:
                looks = (always_there.aliveness(joined, READ),)
                self._tell(task, looks, "join that gives up", patience=TIMED)
        elif hasattr(resource, "_flag"):
            self._tell_of_pass(task, resource, patience)
        else:
            lock = resource._lock
            of_lock = self._whole(lock, WRITE)
            touches: Touches = (of_lock,)
            if timed:
                touches = (self._whole(resource, WRITE), of_lock)
            self._tell(
                task,
                touches,
                "wake up",
                opened=is_open(lock, None),
                patience=patience,
                waits_for=of_lock[0],
                after=self._notifications.that_wake(task, resource),
            )

    def create(self, resource: Any) -> None:
        """Give a new lock a number."""
        super().create(resource)
        self._number(resource)

    def start(self, parent: Task, child: Task) -> None:
        """Tell of a thread's start, and give what it can reach numbers."""
        begins = (always_there.start_of(child, WRITE), always_there.aliveness(child, WRITE))
        self._tell(parent, (*always_there.A_THREAD_COMES, *begins), "start")
        self._listener.started(child.number)
        thread = child.thread
        self._seen |= self._introduce(own_parts_of_thread(thread), self._seen, _MOST_AT_A_START)

    def look_for_start(self, task: Task, joined: Task) -> None:
        """Tell that a thread is about to be joined, which is an error before it is started."""
        self._tell(task, (always_there.start_of(joined, READ),), "look for a start")

    def join(self, task: Task, joined: Task, *, timed: bool) -> None:
        """Tell of a join that has succeeded."""
        after = (self._last_of[joined.number],)
        looks = (always_there.aliveness(joined, READ),)
        self._tell(task, looks, "join", patience=TIMED if timed else FOREVER, after=after)

    def ended(self, task: Task) -> None:
        """Tell of a task's end."""
        touches: Touches = (always_there.aliveness(task, WRITE),)
        if task.number:  # the main thread is listed even then
            touches += (always_there.A_THREAD_GOES,)
        after: tuple[int, ...] = ()
        if not task.daemon and all(other.daemon for other in running.alive):
            touches += (always_there.THE_END,)
            others = (one.number for one in running.tasks if not one.daemon and one is not task)
            after = tuple(self._last_of[other] for other in others)
        self._tell(task, touches, "end", after=after)

    def clock_read(self, task: Task) -> None:
        """Tell of a look at a clock, which is a part of the last thing that the task did."""
        self._add_to_last(task, always_there.CLOCK_IS_READ, "look at a clock")

    def before_end(self) -> None:
        """Tell of what tasks could have done, or had if they wait for it, at another time."""
        for task in running.alive:
            self.is_incomplete |= depends_on_time(task)
            if could_go_on(task):  # a daemon, for which it is too late
                self.is_unbounded = True
                touches: Touches = (always_there.BEFORE_THE_END,)
                next_one = Operation(task.number, 0, touches, blocking=True, is_known=False)
                self._listener.waiting(next_one)
                continue
            operation, resource = waits_for(task)
            after: tuple[int, ...] = ()
            if operation == "acquire":
                touches = (self._whole(resource, WRITE),)
            elif operation == "wait" and hasattr(resource, "_flag"):
                touches = (self._whole(resource, READ),)
            elif operation == "wait":
                after = self._notifications.that_wake(task, resource)
                if not after:
                    continue
                touches = (self._whole(resource._lock, WRITE),)
            else:
                continue
            opening = touches[0][0]
            if task.daemon:
                touches += (always_there.BEFORE_THE_END,)
            number = task.number
            self._listener.waiting(
                Operation(
                    *(number, 0, touches, after), blocking=True, waits_for=opening, label=operation
                )
            )

    # Inside --------------------------------------------------------------------------------

    def note_death(self, site: Site, is_part: bool) -> None:
        """Tell that something has died to which weak references lead."""
        super().note_death(site, is_part)
        self._add_to_last(running.current, self._numbered(self.lives.end.touches), "a death")

    def _look_for_cached_property(self, owner: Any, name: str) -> None:
        if type(attribute_of(type(owner), name)) is cached_property:
            self.written.add_name(name)  # which its function binds, and no site shows it

    def _comes_in_between(self, task: Task, site: Site) -> bool:
        """Say whether C code that touches something shared has called what passes a site."""
        if not self._open_calls.around(task.number, site.code):
            return False
        self.written.add_between(site)
        return True

    def _note(
        self, task: Task, site: Site, accessed: Accessed, write: bool, delete: bool, value: Any
    ) -> None:
        self.known_sites.add(site)
        if self.lives.in_use:
            accessed = self.lives.note(task.number, site, accessed, write)
        if accessed.label == files.LABEL:
            self.is_incomplete = True
        around = self._open_calls.around(task.number, site.code)
        if accessed.touches and site.label[0] == "container" and may_call_back(accessed):
            self._open_calls.begin(task.number, site.code, accessed)
        if write:
            self.written.add(site)
        touches = self._numbered((*accessed.touches, *around))
        if write and value is not None:
            self._introduce((value,), self._numbers, _MOST_AT_A_WRITE)
        self._tell(task, touches, site)

    def _tell(
        self,
        task: Task,
        touches: Touches,
        label: object,
        *,
        opened: bool = True,
        patience: int = TRIES,
        waits_for: Location | None = None,
        after: tuple[int, ...] = (),
    ) -> None:
        number = task.number
        if patience == TIMED:
            touches += always_there.CLOCK_MOVES
        if task.daemon:
            touches += (always_there.BEFORE_THE_END,)
        operation = Operation(
            number,
            0,
            touches,
            after,
            patience == FOREVER,
            opened,
            waits_for if patience != TRIES else None,
            label,
        )
        self._last_of[number] = self._position
        self._last_task = number
        self._position += 1
        self._listener.performed(operation)

    def _add_to_last(self, task: Task, touches: Touches, label: str) -> None:
        if self._last_task == task.number:
            self._listener.amended(task.number, touches)
        else:
            self._tell(task, touches, label)

    def _tell_of_acquire(self, task: Task, resource: Any, operation: str, patience: int) -> None:
        lock = self._whole(resource, WRITE)
        opened = is_open(resource, None)
        self._tell(task, (lock,), operation, opened=opened, patience=patience, waits_for=lock[0])

    def _tell_of_pass(self, task: Task, event: Any, patience: int) -> None:
        flag = self._whole(event, READ)
        opened = is_open(event, None)
        self._tell(task, (flag,), "wait", opened=opened, patience=patience, waits_for=flag[0])

    def _let_pass(self, event: Any) -> None:
        """Tell of the waits that are over now, even if the event is cleared before they go on."""
        for other in running.alive:
            passed = other.number in self._passed  # by an earlier set, and has had no turn since
            if other.ready is not None and other.resource is event and not passed:
                self._tell_of_pass(other, event, FOREVER if other.deadline is None else TIMED)
                self._passed.add(other.number)

    # Numbers -------------------------------------------------------------------------------

    def _numbered(self, touches: Iterable[Touch]) -> Touches:
        aliases, number = self._aliases, self._number
        return tuple(
            [((number(owner, aliases.get(id(owner))), name), mode) for owner, name, mode in touches]
        )

    def _whole(self, resource: Any, mode: int) -> tuple[tuple[int, str], int]:
        return (self._number(resource), ""), mode

    def _number(self, owner: Any, alias: int | None = None) -> int:
        identity = id(owner) if alias is None else alias
        number = self._numbers.get(identity)
        if number is None:
            task = running.current.number
            given = self._given
            given += [0] * (task + 1 - len(given))
            given[task] += 1
            number = self._numbers[identity] = owner_number(task, given[task])
            if identity not in self._kept:
                self._keep(owner)
        return number

    def _dropper(self, owner: int) -> Any:
        numbers, drop_history = self._numbers, super()._dropper(owner)

        def drop(reference: Any) -> None:
            numbers.pop(owner, None)
            drop_history(reference)

        return drop

    def _introduce(self, objects: Iterable[Any], seen: Container[int], most: int) -> set[int]:
        """Give numbers to what can be reached from `objects`, always in the same order.

        Args:
            objects: where to begin.
            seen: the ids of what was looked at before.
            most: how many objects to look at.
        """
        left, new = list(objects), set[int]()
        while left and len(new) < most:
            one = left.pop()
            if is_shared(one) and id(one) not in seen and id(one) not in new:
                new.add(id(one))
                self._number(one)
                left += parts_of(one, self._scope)
        return new
