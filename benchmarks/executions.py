"""Measure what a controlled execution costs beside one run of the same body on real threads.

    python benchmarks/executions.py [--rounds N] [--without-peers]

Everything that is compared is measured in the same process, in turns, round after round; what
counts is the ratio within a round, because a busy machine slows both sides down. A round takes the
least of a few short batches of each, so that other processes are in few of them. Time is taken on
the wall and as CPU time of the whole process. Prints Markdown.

The loops that are timed stand inside the function that enters the World: a frame that runs already
keeps its code without hooks, while a function called from it would get some.
"""

import argparse
import os
import platform
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from functools import partial
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from statistics import median

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

import users_code  # noqa: E402  found beside this file

from harness import Interleaving, counters, explore  # noqa: E402
from harness.contention import Contention  # noqa: E402
from harness.control.scheduling.plan import Plan  # noqa: E402
from harness.execution import World  # noqa: E402
from harness.search.listing import Listing  # noqa: E402
from harness.search.pct import Pct  # noqa: E402
from harness.search.random_walk import RandomWalk  # noqa: E402

# In a tuple, where a World does not look for clocks to make virtual.
_CLOCKS = (time.perf_counter, time.process_time)
_WALL, _CPU = 0, 1
_KINDS = ("empty", "one switch", "random", "pct")
_TARGETS = {"2 x 1": 0.25, "4 x 10": 0.5}

_COUNTS = (
    ("harness", counters.count, counters.UnlockedCounter, "unlocked"),
    ("harness", counters.count, counters.LockedCounter, "locked"),
    ("user's", users_code.count, users_code.Forgetful, "unlocked"),
    ("user's", users_code.count, users_code.Careful, "locked"),
    ("user's", users_code.count, users_code.Signalling, "condition"),
    ("user's", users_code.count, users_code.Passing, "queue"),
    ("user's", users_code.count_in_a_pool, users_code.Careful, "executor"),
)
# (threads, iterations, runs on threads a batch, controlled executions a batch)
_SIZES = ((2, 1, 5, 20), (4, 10, 3, 6))
_BATCHES = 5  # of each in a round
_AN_HOUR = 3600


def _round(body, runs, executions):
    """Return seconds, on the wall and of CPU, a run on threads and an execution of each kind."""
    wall, cpu = _CLOCKS
    took = {}

    def note(name, number, begin, end):
        times = [(after - before) / number for before, after in zip(begin, end, strict=True)]
        least = took.get(name, times)
        took[name] = min(least[0], times[0]), min(least[1], times[1])

    for _ in range(_BATCHES):
        begin = wall(), cpu()
        for _ in range(runs):
            body()
        note("threads", runs, begin, (wall(), cpu()))

    begin = wall(), cpu()
    world = World(body, model="free-threaded", instrument=(), max_steps=1_000_000)
    world.__enter__()
    note("enter", 1, begin, (wall(), cpu()))
    try:
        contention = _watch_contended(world)
        options = Listing(Plan(Interleaving()), 0)
        world.execute(options)
        one = Interleaving(tuple(options.switches[len(options.switches) // 2 :][:1]))
        plans = ("empty", Plan(Interleaving())), ("one switch", Plan(one))
        searches = ("random", RandomWalk(0)), ("pct", Pct(0))
        for _ in range(_BATCHES):
            for name, plan in plans:
                begin = wall(), cpu()
                for _ in range(executions):
                    world.execute(plan)
                note(name, executions, begin, (wall(), cpu()))
        # As an exploration does after some executions.
        world.installation.use_lean_code(True, contention.known)
        for _ in range(_BATCHES):
            for name, search in searches:
                begin = wall(), cpu()
                for _ in range(executions):
                    search.begin()
                    world.execute(search)
                    search.end()
                note(name, executions, begin, (wall(), cpu()))
        contention.forget()
    finally:
        begin = wall(), cpu()
        world.__exit__(None, None, None)
        note("leave", 1, begin, (wall(), cpu()))
    return took


def _watch_contended(world):
    """Do what an exploration does before its search: find the points that make a difference."""
    contention, empty = Contention(), Plan(Interleaving())
    world.warm_up(empty)
    contention.watch_all()
    observer = world.observer(steps=False)
    world.execute(empty, observer)
    contention.learn(observer)
    contention.watch_contended()
    return contention


def _bodies():
    for whose, count, make_counter, locked in _COUNTS:
        for threads, iterations, runs, executions in _SIZES:
            body = partial(count, make_counter, threads, iterations)
            yield (whose, locked, f"{threads} x {iterations}"), body, runs, executions


def _measure_executions(rounds):
    """Return for each body the rounds of `_round`, taken in turns."""
    took = {}
    for turn in range(rounds + 1):
        for name, body, runs, executions in _bodies():
            measured = _round(body, runs, executions)
            if turn:  # the first one finds and rewrites code
                took.setdefault(name, []).append(measured)
    return took


def _measure_hook(rounds):
    """Return CPU nanoseconds that a hook adds to a read of an attribute, in each round."""
    cpu = _CLOCKS[_CPU]
    read, nothing = users_code.read_a_thousand_attributes, users_code.do_nothing
    found = []
    for _ in range(rounds):
        bare = with_hooks = overhead = 1.0
        for _ in range(_BATCHES):
            begin = cpu()
            for _ in range(10):
                read()
            bare = min(bare, cpu() - begin)
        with World(read, model="free-threaded", instrument=(), max_steps=1_000_000) as world:
            contention = _watch_contended(world)
            for _ in range(_BATCHES):
                begin = cpu()
                for _ in range(10):
                    execution = world.execute(Plan(Interleaving()))
                with_hooks = min(with_hooks, cpu() - begin)
            contention.forget()
        with World(nothing, model="free-threaded", instrument=(), max_steps=1_000_000) as world:
            world.warm_up(Plan(Interleaving()))
            for _ in range(_BATCHES):
                begin = cpu()
                for _ in range(10):
                    world.execute(Plan(Interleaving()))
                overhead = min(overhead, cpu() - begin)
        found.append((with_hooks - overhead - bare) / 10 / execution.steps * 1e9)
    return found


def _measure_sleep(rounds):
    """Return how many times as long an execution takes whose threads sleep for an hour each."""
    cpu = _CLOCKS[_CPU]
    found = []
    for _ in range(rounds):
        least = []
        for seconds in (_AN_HOUR, 0.001, 0):
            body = partial(users_code.count_late, users_code.Careful, 2, 1, seconds=seconds)
            with World(body, model="free-threaded", instrument=(), max_steps=1_000_000) as world:
                contention = _watch_contended(world)
                took = []
                for _ in range(_BATCHES):
                    begin = cpu()
                    for _ in range(20):
                        world.execute(Plan(Interleaving()))
                    took.append(cpu() - begin)
                least.append(min(took))
                contention.forget()
        found.append((least[0] / least[1], least[0] / least[2]))
    return found


# Whole explorations, ours and the peers' ------------------------------------------------------


def _ours(search, body, threads, iterations, executions):
    exploration = explore(body, search=search, executions=executions, stop_at_failure=False)
    return exploration.executions


def _interleave_test(strategy, body, threads, iterations, executions):
    package = import_module("interleave_test")
    return package.explore(body, iterations=executions, seed=0, strategy=strategy).schedules_run


def _frontrun(make_counter, body, threads, iterations, executions):
    def work(counter):
        for _ in range(iterations):
            counter.increment()

    explore_random = import_module("frontrun").explore_random
    cooperative = import_module("frontrun._cooperative")
    cooperative.patch_locks()  # outside pytest it asks for this, or for its own command
    try:
        result = explore_random(
            setup=make_counter,
            threads=[work] * threads,
            invariant=lambda counter: True,
            max_attempts=executions,
            seed=0,
        )
    finally:
        cooperative.unpatch_locks()
    return result.num_explored


def _explorers(make_counter):
    yield "ours, random", partial(_ours, "random"), 100
    yield "ours, pct", partial(_ours, "pct"), 100
    yield "ours, auto", partial(_ours, "auto"), 100
    yield "interleave-test 0.1.0, random", partial(_interleave_test, "random"), 10
    yield "interleave-test 0.1.0, pct", partial(_interleave_test, "pct"), 10
    yield "frontrun 0.7.0, random", partial(_frontrun, make_counter), 10


def _measure_explorations(rounds, with_peers):
    """Return executions a second for each explorer and body, or why there are none."""
    clock = _CLOCKS[_WALL]
    rates, problems = {}, {}
    for turn in range(rounds + 1):
        for _, count, make_counter, locked in _COUNTS[2:4]:
            for threads, iterations, _, _ in _SIZES:
                body = partial(count, make_counter, threads, iterations)
                for name, explorer, executions in _explorers(make_counter):
                    if name in problems or not (with_peers or name.startswith("ours")):
                        continue
                    size = f"{threads} x {iterations}"
                    try:
                        with redirect_stderr(StringIO()), redirect_stdout(StringIO()):
                            begin = clock()
                            done = explorer(body, threads, iterations, executions)
                            seconds = clock() - begin
                    except ImportError:
                        problems[name] = "not installed"
                        continue
                    if turn:
                        rates.setdefault((name, locked, size), []).append(done / seconds)
    return rates, problems


# Tables ---------------------------------------------------------------------------------------


def _print_executions(took, clock):
    print("| counter | size | threads µs | " + " | ".join(f"{kind} µs" for kind in _KINDS), end="")
    print(" | " + " | ".join(f"{kind} : threads" for kind in _KINDS) + " | target | met by |")
    print("|---|---|" + "---:|" * (2 * len(_KINDS) + 2) + "---|")
    for (whose, locked, size), rounds in took.items():
        times = {
            kind: [measured[kind][clock] for measured in rounds] for kind in ("threads", *_KINDS)
        }
        ratios = {
            kind: median(
                one / other for one, other in zip(times[kind], times["threads"], strict=True)
            )
            for kind in _KINDS
        }
        of_least = {kind: min(times[kind]) / min(times["threads"]) for kind in _KINDS}
        cells = [f"{whose} {locked}", size]
        cells += [f"{median(found) * 1e6:.0f} ({min(found) * 1e6:.0f})" for found in times.values()]
        cells += [f"{ratios[kind]:.2f} ({of_least[kind]:.2f})" for kind in _KINDS]
        met = [kind for kind in _KINDS if max(ratios[kind], of_least[kind]) <= _TARGETS[size]]
        cells += [
            f"{_TARGETS[size]}",
            "all" if len(met) == len(_KINDS) else ", ".join(met) or "none",
        ]
        print("| " + " | ".join(cells) + " |")


def _print_set_up(took, hook, sleep):
    all_rounds = [measured for rounds in took.values() for measured in rounds]
    print("| set-up and hooks | wall, median (least) | CPU, median (least) |")
    print("|---|---:|---:|")
    for what, names in (
        ("entering a World, not the first", ("enter",)),
        ("leaving it", ("leave",)),
        ("both (target: 1,000 µs)", ("enter", "leave")),
    ):
        cells = []
        for clock in (_WALL, _CPU):
            times = [sum(measured[name][clock] for name in names) * 1e6 for measured in all_rounds]
            cells.append(f"{median(times):,.0f} µs ({min(times):,.0f})")
        print(f"| {what} | " + " | ".join(cells) + " |")
    print(f"| one hook, a read that nobody watches | | {median(hook):.0f} ns ({min(hook):.0f}) |")
    for number, other in enumerate(("a millisecond", "no sleep")):
        ratio = median(ratios[number] for ratios in sleep)
        print(f"| two threads that sleep for an hour : {other} | | {ratio:.2f} |")


def _print_explorations(rates, problems):
    bodies = [
        (locked, f"{size[0]} x {size[1]}") for locked in ("unlocked", "locked") for size in _SIZES
    ]
    print("| explorer | " + " | ".join(f"{locked} {size}" for locked, size in bodies) + " |")
    print("|---|" + "---:|" * len(bodies))
    for name, _, _ in _explorers(None):
        if name in problems:
            print(f"| {name} | " + " | ".join([problems[name]] * len(bodies)) + " |")
            continue
        cells = []
        for body in bodies:
            found = rates.get((name, *body))
            if found is None:
                cells.append("not asked for")
                continue
            ours = rates[("ours, pct" if "pct" in name else "ours, random", *body)]
            times = median(one / other for one, other in zip(ours, found, strict=True))
            more = "" if name.startswith("ours") else f" (ours: {times:,.0f} times)"
            cells.append(f"{median(found):,.0f}{more}")
        print(f"| {name} | " + " | ".join(cells) + " |")


def main():
    """Measure and print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="rounds (default: 21)")
    parser.add_argument("--without-peers", action="store_true", help="leave the peers out")
    arguments = parser.parse_args()
    took = _measure_executions(arguments.rounds)
    hook = _measure_hook(arguments.rounds)
    sleep = _measure_sleep(arguments.rounds)
    few = max(arguments.rounds // 4, 1)
    rates, problems = _measure_explorations(few, not arguments.without_peers)
    load = (
        ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "?"
    )
    print(
        f"### CPython {platform.python_version()}, greenlet {version('greenlet')}, {date.today()}\n"
    )
    print(f"{os.cpu_count()} cores, load averages {load}, {arguments.rounds} rounds.\n")
    print("Microseconds: median (least). Ratios: median of the rounds (least over least).\n")
    print("By the wall clock:\n")
    _print_executions(took, _WALL)
    print("\nBy CPU time:\n")
    _print_executions(took, _CPU)
    print()
    _print_set_up(took, hook, sleep)
    print("\nExecutions a second of whole explorations of the user's counter, set-up included:\n")
    _print_explorations(rates, problems)


if __name__ == "__main__":
    main()
