"""Examine one script: look at one execution, then run it many times, smaller if need be."""

from __future__ import annotations

from collections.abc import Iterator

from harness.control.observing.lockset_observer import LocksetObserver
from harness.control.scheduling.plan import Plan
from harness.execution import Execution
from harness.instrument.site import Site
from harness.interleaving import Interleaving, Switch
from harness.outcome import OutOfSteps, Returned
from harness.search.round_robin import RoundRobin
from harness.spotting.constants import scaled_down, whole_numbers
from harness.spotting.limit import TimeIsUpError, time_limit
from harness.spotting.options import SpotOptions
from harness.spotting.outcome import ScriptOutcome
from harness.spotting.progress import Progress
from harness.spotting.result import Finding, Spotted
from harness.spotting.script import Script, with_constants
from harness.spotting.search import OutcomeSearch
from harness.spotting.status import RefusedError, Status
from harness.spotting.world import ScriptWorld

_STEPS_TO_OBSERVE = 100_000
_STEPS_TO_MEET_A_THREAD = 2_000_000
_POINTS_A_TURN = 1_000
_NO_LIMIT = 1 << 29  # switch points; the clock ends the execution
_LEAST_STEPS = 20_000
_TIMES_LONGER = 10  # than the first execution: an interleaving that does not end


class Spotter:
    """Examine one script.

    Args:
        script: the script.
        options: what the user has chosen.
        progress: is told what is done.
    """

    def __init__(self, script: Script, options: SpotOptions, progress: Progress) -> None:
        self.spotted = Spotted(name=script.name)
        self._script = script
        self._options = options
        self._progress = progress
        self._is_endless = False  # at full size
        self._sites: set[Site] = set()  # where the observed execution came by

    def run(self) -> None:
        """Fill in `spotted`.

        Raises:
            RefusedError: for a script that cannot be examined.
        """
        if self._search_as_it_is(self._script):
            return
        scaled = scaled_down(self._script.tree, self._script.settings)
        if not scaled or self._options.full:
            self._run_at_full_size()
            return
        self.spotted.damage = next(self._interrupted_at_full_size(), None)
        smaller = with_constants(self._script, scaled)
        self.spotted.scaled = tuple(scaled)
        try:
            if self._search_as_it_is(smaller):
                self._compare_at_full_size()
                return
        except RefusedError:
            pass  # it is no smaller version of the same
        self.spotted.scaled = ()
        self._run_at_full_size()

    def _world(self, script: Script, max_steps: int) -> ScriptWorld:
        return ScriptWorld(
            script,
            model=self._options.model,
            instrument=self._options.instrument,
            max_steps=max_steps,
            tell=lambda execution: self._progress.count(),
        )

    def _search_as_it_is(self, script: Script) -> bool:
        """Look at one execution, then search; return False if it is too long for that."""
        self._progress.begin("looking at one execution")
        with self._world(script, _STEPS_TO_OBSERVE) as world:
            execution = self._observe(world)
            if isinstance(execution.outcome, OutOfSteps):
                return False
            world.max_steps = max(_LEAST_STEPS, _TIMES_LONGER * execution.steps)
            search = OutcomeSearch(
                world, execution.steps, self._options, self._progress, self.spotted
            )
            try:
                search.run()
            finally:
                search.forget()
            return True

    def _observe(self, world: ScriptWorld) -> Execution:
        """Run the script once in turns, and note which locks protect what."""
        world.warm_up(RoundRobin(_POINTS_A_TURN))
        if world.stuck:
            raise RefusedError(Status.NO_END, "blocks where it cannot be seen", world.stuck)
        if world.tasks == 1:  # whatever it does first may take long
            world.max_steps = _STEPS_TO_MEET_A_THREAD
            execution = world.execute(RoundRobin(_POINTS_A_TURN))
            if world.tasks == 1:
                raise _no_threads(execution)
        observer = LocksetObserver(world.installation.scope)
        execution = world.execute(RoundRobin(_POINTS_A_TURN), observer)
        self._sites |= observer.known_sites
        if not self.spotted.protections:
            self.spotted.protections = observer.protections()
        if isinstance(execution.outcome, OutOfSteps) and not self.spotted.observed:
            self.spotted.observed = world.max_steps
        return execution

    # Full size -----------------------------------------------------------------------------

    def _run_at_full_size(self) -> None:
        """Run it to its end, once as it is, and once interrupted where nothing protects it."""
        first = self._run_to_the_end(Interleaving())
        if first is None:
            raise RefusedError(Status.NO_END, "does not end", self._why_it_does_not_end())
        self.spotted.findings = [Finding(first, 1, Interleaving())]
        self.spotted.executions = 1
        for finding in self._interrupted_at_full_size():
            self.spotted.executions += 1
            if finding.outcome != first:
                self.spotted.findings.append(finding)
                return
            self.spotted.findings = [Finding(first, self.spotted.executions, Interleaving())]

    def _why_it_does_not_end(self) -> str:
        names = whole_numbers(self._script.tree)
        known = f" It has {', '.join(names)}." if names else ""
        shorter = f"--set NAME=VALUE sets a module-level constant.{known}"
        if self._is_endless:
            return (
                "It does not end: its threads sleep, or wait in loops, for what nobody does. Let "
                f"something end them; {shorter}"
            )
        return (
            f"It did not end within {self._options.seconds:g} s of computing. If it is just long, "
            f"raise --seconds, or make it shorter: {shorter}"
        )

    def _compare_at_full_size(self) -> None:
        """Let the damage at full size decide when a smaller version of the script shows none."""
        damage = self.spotted.damage
        if damage is None or self.spotted.depends:
            return
        undisturbed = self._run_to_the_end(Interleaving())
        if undisturbed not in (None, damage.outcome):
            self.spotted.findings = [Finding(undisturbed, 1, Interleaving()), damage]
            self.spotted.executions, self.spotted.covered = 2, ""
            self.spotted.scaled = ()

    def _interrupted_at_full_size(self) -> Iterator[Finding]:
        """Run it with one switch at each place where nothing protects what it updates."""
        for protection in self.spotted.protections:
            if not protection.is_missing:
                continue
            task, point = protection.update
            users = sorted({*protection.writers, *protection.readers} - {task})
            interleaving = Interleaving((Switch(task, point, users[0]),))
            outcome = self._run_to_the_end(interleaving)
            if outcome is None:
                self.spotted.cut_off = self._options.seconds
                return
            yield Finding(outcome, 1, interleaving)

    def _run_to_the_end(self, interleaving: Interleaving) -> ScriptOutcome | None:
        self._progress.begin("running it at full size")
        for site in self._sites:  # nobody is asked there, and nobody looks: that takes time
            site.watched = False
        try:
            with time_limit(self._options.seconds), self._world(self._script, 1) as world:
                world.warm_up(Plan(Interleaving()))
                world.max_steps = _NO_LIMIT
                execution = world.execute(Plan(interleaving))
        except TimeIsUpError:
            return None
        finally:
            for site in self._sites:
                site.watched = True
        outcome = execution.outcome
        if isinstance(outcome, Returned) and isinstance(outcome.value, ScriptOutcome):
            return outcome.value
        self._is_endless = isinstance(outcome, OutOfSteps) and outcome.endless
        return None


def _no_threads(execution: Execution) -> RefusedError:
    outcome = execution.outcome
    done = outcome.value if isinstance(outcome, Returned) else None
    if isinstance(done, ScriptOutcome) and done.errors:
        return RefusedError(
            Status.NO_THREADS,
            f"raises {done.errors[0].partition(':')[0]} before it starts a thread",
            f"It {done}, and starts no thread before that.",
        )
    if isinstance(outcome, OutOfSteps):
        what = f"within {outcome.max_steps:,} switch points"
    else:
        what = f"; it {outcome.value}" if isinstance(outcome, Returned) else ""
    return RefusedError(
        Status.NO_THREADS,
        "starts no thread",
        f"It starts no thread{' ' if what.startswith('w') else ''}{what}. Only threads of the "
        "threading module can be interleaved.",
    )
