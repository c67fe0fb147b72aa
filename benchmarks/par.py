"""How many executions does a search need to find the bugs that papers measure by?

python benchmarks/par.py                        # search="auto", 50 seeds, a Markdown table
python benchmarks/par.py --search pos --seeds 20 --programs WSQ stack
"""

from __future__ import annotations

import argparse
import platform
from dataclasses import dataclass
from statistics import mean

from programs import OTHERS, PAR

from harness import explore

# Means over 20 trials as published with SURW (ASPLOS 2025), RFF (ASPLOS 2024) and PERIOD (ICSE
# 2022); computed over abstract models for a random walk, PCT of depth 3, and POS.
PUBLISHED = {
    "arithmetic_prog": {"random walk": 1},
    "sync01": {"random walk": 1},
    "sync02": {"random walk": 1},
    "phase01": {"random walk": 1},
    "lazy01": {"random walk": 1.7, "PCT": 1.6, "POS": 1.8, "SURW": 2, "RFF": 6, "PERIOD": 3},
    "token_ring": {"random walk": 7.7, "PCT": 6.6, "POS": 5.4, "SURW": 8, "RFF": 5, "PERIOD": 2},
    "deadlock01": {"random walk": 2.7, "PCT": 6.5, "POS": 4, "SURW": 2, "RFF": 5, "PERIOD": 3},
    "stack": {"random walk": 1.6, "PCT": 2.4, "POS": 1.8, "SURW": 5, "RFF": 2, "PERIOD": 2},
    "reorder_3": {"random walk": 40, "PCT": 26, "POS": 15, "SURW": 7, "RFF": 7, "PERIOD": 6},
    "reorder_4": {"random walk": 135, "PCT": 55, "POS": 34, "SURW": 7, "RFF": 6, "PERIOD": 9},
    "reorder_5": {"random walk": 549, "PCT": 99, "POS": 82, "SURW": 10, "RFF": 6, "PERIOD": 12},
    "reorder_10": {"PCT": 860, "POS": 12_000, "SURW": 17, "RFF": 6, "PERIOD": 27},
    "reorder_20": {"PCT": 450, "POS": 30_000, "SURW": 6, "RFF": 6, "PERIOD": 39},
    "reorder_50": {"SURW": 13, "RFF": 6, "PERIOD": 129},
    "reorder_100": {"SURW": 194, "RFF": 6, "PERIOD": 297},
    "WSQ": {"random walk": 227, "PCT": 19, "POS": 45, "SURW": 6, "RFF": 10, "PERIOD": 57},
    "counter 2x1": {"random walk": 2.7, "PCT": 4.6, "POS": 4},
    "counter 2x2": {"random walk": 1.4, "PCT": 3.7, "POS": 2},
    "counter 3x1": {"random walk": 1.5, "PCT": 3.7, "POS": 2},
}
COLUMNS = ("SURW", "RFF", "PERIOD", "random walk", "PCT", "POS")
MOST_OF_REORDER = 10


@dataclass(frozen=True)
class Found:
    """Be what the seeds have shown about one program."""

    executions: list[int]
    missed: int
    switches: set[int]
    proved: bool
    parts: dict[str, int]


def measured(body, search, seeds, most):
    executions, switches, missed, proved = [], set(), 0, True
    parts: dict[str, int] = {}
    for seed in range(seeds):
        exploration = explore(body, search=search, executions=most, seed=seed)
        executions.append(exploration.executions)
        failure = exploration.failure
        if failure is None:
            missed += 1
            continue
        switches.add(len(failure.interleaving))
        proved = proved and failure.smaller != "No smaller one was found"
        parts[exploration.found_by] = parts.get(exploration.found_by, 0) + 1
    return Found(executions, missed, switches, proved, parts)


def par_of(name):
    """Return the most executions in the mean that are within par."""
    if name.startswith("reorder_"):
        return MOST_OF_REORDER
    return max(5, 2 * min(PUBLISHED[name].values()))


def row_of(name, found):
    published = PUBLISHED.get(name, {})
    count = mean(found.executions)
    shown_switches = " or ".join(map(str, sorted(found.switches))) or "-"
    cells = [
        name,
        f"{count:.1f}",
        str(max(found.executions)),
        str(found.missed),
        f"{shown_switches}{'' if found.proved else ' (not proved)'}",
        ", ".join(f"{part} {times}" for part, times in found.parts.items()),
    ]
    if published:
        par = par_of(name)
        cells.append(f"{par:g}{'' if count <= par and not found.missed else ' **missed**'}")
        cells += [f"{published[column]:,}" if column in published else "" for column in COLUMNS]
    return cells


def show(title, columns, programs, options):
    print(f"\n{title}\n")
    print(f"| {' | '.join(columns)} |")
    print(f"|---|{'---:|' * 4}---|{'---:|' * (len(columns) - 6)}")
    for name, (body, *_) in programs.items():
        found = measured(body, options.search, options.seeds, options.executions)
        print(f"| {' | '.join(row_of(name, found))} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--search", default="auto")
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--executions", type=int, default=200, help="the budget of each seed")
    parser.add_argument("--programs", nargs="*", help="only those whose names begin so")
    options = parser.parse_args()

    def chosen(programs):
        begins = tuple(options.programs or [""])
        return {name: program for name, program in programs.items() if name.startswith(begins)}

    print(
        f"search={options.search!r}, seeds 0 to {options.seeds - 1}, at most {options.executions} "
        f"executions each, CPython {platform.python_version()}."
    )
    ours = ("program", "mean", "worst", "missed", "switches", "found by")
    if par := chosen(PAR):
        columns = (*ours, "par", *COLUMNS)
        show("Executions to the bug, ours beside the published:", columns, par, options)
    if others := chosen(OTHERS):
        show("Other programs of the same suites:", ours, others, options)


if __name__ == "__main__":
    main()
