"""The public names are the contract; every module can be imported alone; no file is too long."""

import subprocess
import sys
from pathlib import Path

import pytest

import harness
import strategies

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("harness", "strategies")
MOST_LINES = 400
TOO_LONG = {  # to be divided; none may be added
    "harness/control/scheduling/scheduler.py": 500,
    "harness/stressing.py": 460,
}

CONTRACT = """
    run explore check stress replay
    Interleaving Switch Execution Exploration Failure Trace Witness Stress
    Returned Raised Deadlocked OutOfSteps Stuck
    Mutex PoisonError GuardReleasedError scope
    HarnessError UsageError DeadlockError OutOfStepsError InconclusiveError ReplayDivergenceError
"""
STRATEGIES = "thread_counts iteration_counts switch_intervals interleavings operations"

# In one interpreter, because starting one for each module takes a minute: each module is imported
# with nothing of ours loaded, as if it came first.
IMPORT_EACH_ALONE = """
import importlib, sys, warnings
warnings.simplefilter("error")
for name in sys.argv[1:]:
    for loaded in [one for one in sys.modules if one.split(".")[0] in ("harness", "strategies")]:
        del sys.modules[loaded]
    importlib.import_module(name)
"""


def files():
    return sorted(file for package in PACKAGES for file in (REPOSITORY / package).rglob("*.py"))


def modules():
    names = [".".join(file.relative_to(REPOSITORY).with_suffix("").parts) for file in files()]
    # Hypothesis itself imports harness._hypothesis, before it is complete; nobody else may.
    left_out = ("harness.__main__", "harness._hypothesis")
    return [name.removesuffix(".__init__") for name in names if name not in left_out]


def test_public_names_of_harness_are_the_contract():
    assert sorted(harness.__all__) == dir(harness) == sorted(CONTRACT.split())
    assert all(hasattr(harness, name) for name in harness.__all__)


def test_public_names_of_strategies_are_the_contract():
    assert sorted(strategies.__all__) == sorted(STRATEGIES.split())
    assert all(hasattr(strategies, name) for name in strategies.__all__)


def test_every_public_name_has_a_docstring():
    public = [getattr(harness, name) for name in harness.__all__]
    public += [getattr(strategies, name) for name in strategies.__all__]

    assert [one for one in public if not one.__doc__] == []


def test_every_module_can_be_imported_first():
    subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_EACH_ALONE, *modules()],
        cwd=REPOSITORY,
        check=True,
    )


def test_import_of_harness_starts_nothing():
    code = (
        "import harness, sys, threading; "
        "assert threading.active_count() == 1; "
        "assert 'strategies' not in sys.modules and 'hypothesis' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=REPOSITORY, check=True)


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_no_file_is_too_long(file):
    most = TOO_LONG.get(str(file.relative_to(REPOSITORY)), MOST_LINES)

    assert len(file.read_text().splitlines()) <= most
