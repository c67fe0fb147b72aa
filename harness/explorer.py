"""Explore one body: find out what matters, search, and make a failure minimal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from harness.contention import Contention
from harness.control.scheduling.plan import Plan
from harness.control.scheduling.scheduler import running
from harness.control.scheduling.task import NEVER
from harness.control.scheduling.watchdog import OutOfTimeError, watchdog
from harness.execution import Execution, World, pass_usage_errors_on
from harness.exploration import Exploration, Failure, Witness
from harness.instrument.site import ASKED
from harness.interleaving import Interleaving
from harness.minimal_failure import MinimalFailure
from harness.outcome import Kind, Outcome, OutOfSteps, Returned, kind_of
from harness.report.failure_text import headline
from harness.search.nondeterminism import NondeterminismError
from harness.search.round_robin import RoundRobin
from harness.search_options import SearchOptions
from harness.search_progress import SECONDS_BETWEEN_REPORTS, ProgressListener, SearchProgress
from harness.searched_executions import SearchedExecutions
from harness.verdict import (
    Evidence,
    about_nondeterminism,
    is_failure,
    verdict_of,
)

_MOST_ENDLESS_EXECUTIONS = 3
_SECONDS_FOR_THE_FIRST = 1.0  # executions, however short the time is
_EXECUTIONS_BEFORE_ALL = 32  # that meet most bugs, before it is seen whether all are few
# Switch points with others alive of an execution whose interleavings may be few; and, for each
# execution that there may be, all of those that are made to see it, which bounds the time.
_MOST_STEPS_OF_FEW = 1_000
_NO_END = (
    "A thread waits for others in a loop that looks again and again, and each look is one more "
    "interleaving: there is no end of them. Use search='auto', or bound the preemptions: "
    "preemptions=1."
)


class Explorer:
    """Explore one body; what is learned on the way is in the fields."""

    def __init__(
        self, world: World, options: SearchOptions, progress: ProgressListener | None = None
    ) -> None:
        self._world = world
        self._options = options
        self._executions = SearchedExecutions(
            world, options.make_search(), counts_all=options.search == "exhaustive"
        )
        self._progress = progress
        self._began = self._next_report = 0.0
        self._endless = 0  # executions that ran out of steps, but not in a fair schedule
        self._deadline = None if options.seconds is None else time.monotonic() + options.seconds
        self._clock = time.monotonic  # the real one: the world has taken the name over
        self._complete = False
        self._wanted: Kind | None = None  # the only kind of failure that counts
        self._most_steps = NEVER  # of all executions together
        self._failing: Execution | None = None
        self._found_by = ""
        self._inconclusive: str = ""
        self._starts_no_thread = False
        self._divergence = ""
        self._uninterrupted: list[Outcome] = []  # of the executions before those of the search

    def explore(self) -> Exploration:
        """Return what many executions of the body have shown."""
        self._began = began = self._clock()
        with self._until_the_deadline():
            self._discover()
            self._began = began = self._clock()
            self._next_report = began + SECONDS_BETWEEN_REPORTS
            if not self._inconclusive:
                self._run_search()
        seconds = self._clock() - began
        if self._failing is None and not self._inconclusive:
            self._look_for_failures_before()
        failure = None if self._failing is None else self._minimal(self._failing)
        evidence = self._evidence(failure)
        executions = self._executions
        verdict, reason = verdict_of(evidence, self._world.body, self._world.installation.scope)
        return Exploration(
            failure=failure,
            outcomes=executions.outcomes,
            executions=executions.count,
            complete=self._complete,
            verdict=verdict,
            reason=reason,
            search=self._options.search,
            found_by=self._found_by,
            steps=executions.steps,
            seconds=seconds,
            contended=len(executions.contention.contended),
            leftovers=self._world.leftovers,
            unjoined=tuple(self._world.unjoined),
            divergence=self._divergence,
            is_sequential=self._starts_no_thread
            or not (self._inconclusive or failure or evidence.contended),
        )

    @property
    def contention(self) -> Contention:
        """Return what is known about the places that make a difference."""
        return self._executions.contention

    @property
    def outcomes(self) -> Mapping[Outcome, Witness]:
        """Return how the executions ended that the search has made so far."""
        return self._executions.outcomes

    @property
    def is_complete(self) -> bool:
        """Say whether the search has covered everything, within its bound."""
        return self._complete

    def finds(self, outcome: Outcome, interleaving: Interleaving, most_steps: int) -> bool:
        """Say whether the body fails in the same way as `outcome`, as far as the search goes.

        Args:
            outcome: how an execution has failed.
            interleaving: what is tried first.
            most_steps: after how many switch points to give up, those of all executions together.
        """
        self._wanted = kind_of(outcome)
        self._most_steps = most_steps
        with self._until_the_deadline():
            self._world.warm_up(Plan(Interleaving()))
            if not self._is_late():
                execution = self._executions.execute(Plan(interleaving), None)
                if self._fails(execution):
                    return True
            if not self._is_late():
                self._discover()
            if not self._is_late() and not self._inconclusive:
                self._run_search()
        return self._failing is not None

    # Steps of an exploration ---------------------------------------------------------------

    @contextmanager
    def _until_the_deadline(self) -> Iterator[None]:
        """Leave what is inside when the time is over, also in the middle of an execution."""
        first = self._deadline
        if first is not None:
            first = max(first, self._clock() + _SECONDS_FOR_THE_FIRST)
        try:
            with watchdog.until(first):
                yield
        except OutOfTimeError:
            if not self._executions.count and not self._inconclusive:
                self._inconclusive = (
                    f"No execution had ended after {self._options.seconds:g} s. Allow more "
                    "seconds, or bound what an execution may do: max_steps."
                )

    def _discover(self) -> None:
        """Find out, in executions that are not counted, what runs and what is contended."""
        outcome = self._world.warm_up(Plan(Interleaving()))
        if outcome is not None:
            self._uninterrupted.append(outcome)
        if self._world.stuck_in is None:  # or it would take as long again
            outcome = self._executions.discover().outcome
            self._uninterrupted.append(outcome)
            pass_usage_errors_on(outcome)
        tasks = len(running.tasks)
        if self._world.stuck_in is not None:
            self._inconclusive = headline(self._world.stuck_in)
        elif tasks == 1 and isinstance(outcome, OutOfSteps):
            self._inconclusive = (
                f"It ran out of steps before the first thread was started: {headline(outcome)}"
            )
        elif tasks == 1 and outcome is not None and not is_failure(outcome):
            self._starts_no_thread = True
            self._inconclusive = (
                "The body started no thread. Start threading.Thread objects inside the body, or, "
                "if a package starts them in C, nothing can be controlled."
            )

    def _run_search(self) -> None:
        most = self._options.executions
        try:
            if self._options.search == "auto":
                self._make(min(_EXECUTIONS_BEFORE_ALL, most // 4))
                if not self._is_over:
                    self._make_all_if_few(most // 4)
            if not self._is_over:
                self._make(most)
        except NondeterminismError as error:
            if running.is_anybody_spinning:
                self._inconclusive = _NO_END
                return
            self._divergence = str(error)
            self._inconclusive = (
                f"The body is not deterministic. {error} {self._about_nondeterminism()}"
            )

    def _make_all_if_few(self, most: int) -> None:
        """Make the executions of all interleavings, until there seem to be more than `most`."""
        executions = self._executions
        if executions.steps - executions.steps_alone > _MOST_STEPS_OF_FEW * executions.count:
            return
        most_steps = executions.steps + _MOST_STEPS_OF_FEW * most
        sampling, asked_at_release = executions.search, running.asked_at_release
        executions.use(self._options.make_exhaustive_search())
        begun, looked = executions.count, 4
        try:
            while looked < most and executions.steps < most_steps and not self._is_over:
                looked = min(2 * looked, most)
                self._make(begun + looked)
                size = executions.estimate()
                if size is None or size.executions(executions.count - begun) > most:
                    break
        except NondeterminismError:
            pass  # no claim rests on it: a sampler's failure is run again before it is shown
        finally:
            if not self._is_over:
                executions.use(sampling)
                running.asked_at_release = asked_at_release

    def _make(self, most: int) -> None:
        """Make executions until there are `most`, or it is over."""
        executions = self._executions
        while executions.count < most and not self._is_late():
            if not executions.search.begin():
                self._complete = True
                return
            known = executions.what_matters()
            execution = executions.next()
            if executions.count == 1 and self._deadline is not None:
                watchdog.put_off(self._deadline)
            if executions.what_matters() != known:  # more choices matter than were made
                executions.search.restart()
            if (
                execution is not None
                and type(execution.outcome) is not Returned
                and self._ends_the_search(execution)
            ):
                return
            if executions.count == 1 and not executions.anything_matters:
                self._complete = True  # nobody touches what another one does: no choice matters
                return
            if self._progress is not None:
                self._report_progress(self._progress)

    def _report_progress(self, listener: ProgressListener) -> None:
        now = self._clock()
        if now < self._next_report:
            return
        self._next_report = now + SECONDS_BETWEEN_REPORTS
        executions = self._executions
        size = executions.estimate() if self._options.search == "exhaustive" else None
        listener(
            SearchProgress(
                search=self._options.search,
                executions=executions.count,
                most=self._options.executions,
                seconds=now - self._began,
                outcomes=len(executions.outcomes),
                expected=None if size is None else size.executions(executions.count),
                most_seconds=None if self._deadline is None else self._deadline - self._began,
            )
        )

    def _ends_the_search(self, execution: Execution) -> bool:
        if self._fails(execution):
            if self._failing is None:
                self._failing, self._found_by = execution, self._executions.search.part
            return self._options.stop_at_failure
        if isinstance(execution.outcome, OutOfSteps):
            self._endless += 1
        if self._world.stuck_in is not None:
            self._inconclusive = headline(self._world.stuck_in)
        elif self._endless == _MOST_ENDLESS_EXECUTIONS:
            self._inconclusive = headline(execution.outcome)  # an endless one takes a second or so
        return bool(self._inconclusive)

    @property
    def _is_over(self) -> bool:
        return (
            self._complete
            or bool(self._inconclusive)
            or (self._failing is not None and self._options.stop_at_failure)
        )

    def _fails(self, execution: Execution) -> bool:
        pass_usage_errors_on(execution.outcome)
        if self._wanted is not None and kind_of(execution.outcome) != self._wanted:
            return False
        if isinstance(execution.outcome, OutOfSteps):
            if execution.outcome.endless:  # nobody will ever do anything else, in whatever order
                return True
            fair = self._executions.execute(RoundRobin(), None)
            return isinstance(fair.outcome, OutOfSteps)
        return is_failure(execution.outcome)

    def _is_late(self) -> bool:
        return (
            self._world.stuck_in is not None
            or self._executions.steps > self._most_steps
            or self._is_past_the_deadline()
        )

    def _is_past_the_deadline(self) -> bool:
        return (
            self._deadline is not None
            and self._executions.count > 0
            and self._clock() >= self._deadline
        )

    # What came of it -----------------------------------------------------------------------

    def _minimal(self, failing: Execution) -> Failure | None:
        running.asked_at_release = ASKED  # the number of switches counts
        self._executions.look_at(failing)
        failure = MinimalFailure(self._world, self._options, self._executions.execute).of(failing)
        if failure is None:
            self._divergence = (
                f"An execution failed ({headline(failing.outcome)}), but the same interleaving, "
                f"{str(failing.interleaving) or 'the empty one'}, did not fail again."
            )
            about = about_nondeterminism(self._world.leftovers)
            self._inconclusive = f"{self._divergence} {about}"
        elif not len(failure.interleaving):
            other = self._other_ending(failure.outcome)
            if other is not None:
                self._note_divergence(other, failure.outcome)
                return None
        return failure

    def _look_for_failures_before(self) -> None:
        """See whether a failure that came before the search, and not in it, comes again."""
        for before in filter(is_failure, self._uninterrupted):
            again = self._executions.execute(Plan(Interleaving()), None)
            if kind_of(again.outcome) == kind_of(before):
                self._failing = again
            else:
                self._note_divergence(before, again.outcome)
            return

    def _other_ending(self, outcome: Outcome) -> Outcome | None:
        """Return how an execution that nobody interrupted has ended, if not as `outcome`."""
        searched = (one for one, seen in self.outcomes.items() if not len(seen.interleaving))
        keeps_state = bool(self._world.leftovers)  # which may be what made it fail
        for other in (*self._uninterrupted, *searched):
            if kind_of(other) != kind_of(outcome) or (keeps_state and other != outcome):
                return other
        return None

    def _note_divergence(self, one: Outcome, other: Outcome) -> None:
        self._divergence = (
            f"With nobody interrupted, one execution {_ending(one)}, and another one "
            f"{_ending(other)}."
        )
        self._inconclusive = (
            f"The body is not deterministic. {self._divergence} Make its state inside the body. "
            f"{self._about_nondeterminism()}"
        )

    def _about_nondeterminism(self) -> str:
        return about_nondeterminism(self._world.leftovers, self._executions.orders_by_address)

    def _evidence(self, failure: Failure | None) -> Evidence:
        return Evidence(
            failure=failure,
            outcomes=self.outcomes.keys(),
            executions=self._executions.count,
            complete=self._complete,
            contended=self._executions.anything_matters,
            preemptions=self._options.preemptions,
            search=self._options.search,
            estimate=self._executions.estimate(),
            inconclusive=self._inconclusive,
            leftovers=self._world.leftovers,
            one_step=self._world.installation.ran_as_one_step,
            unseen=self._executions.contention.unseen,
        )


def _ending(outcome: Outcome) -> str:
    if isinstance(outcome, Returned):
        return "passed"
    return f"failed ({headline(outcome)})"
