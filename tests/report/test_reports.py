"""Golden reports: what somebody reads who has never seen one.

`pytest tests/report --snapshot-update` writes them anew; look at the difference.
"""

import importlib.util
import os
import re
import sys
from pathlib import Path

import pytest

from harness import explore
from harness.arguments import has_gil

CORPUS = Path(__file__).parents[1] / "corpus" / "must_fail"
# Whether it can happen under the GIL of 3.11, 3.12, 3.13, 3.14 and 3.15.
PROGRAMS = {
    "lost_update_call_between": "yyyyy",
    "lock_order_two": "nnnyn",  # entering `with lock` hands over in 3.14 only
    "delete_key_twice": "nnnnn",
    "iterate_items_while_deleting": "yyyyy",
    "check_then_act_cache": "yyyyy",
    "forgotten_notify": "yyyyy",
}
UNDER_THE_GIL = r"can happen under the GIL of CPython 3\.\d+: (yes|not within this search)"
LINE_IN_THE_SNAPSHOT = "can happen under the GIL of CPython 3.x: …"


def failure_of(name, monkeypatch):
    monkeypatch.chdir(CORPUS)  # paths are shown relative to the working directory
    spec = importlib.util.spec_from_file_location(f"report_{name}", CORPUS / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return explore(module.body).failure


@pytest.mark.parametrize("name", PROGRAMS)
def test_report_reads_like_this(name, snapshot, monkeypatch):
    report = str(failure_of(name, monkeypatch))
    with_gil = re.sub(UNDER_THE_GIL, LINE_IN_THE_SNAPSHOT, report)

    assert (with_gil if has_gil() else f"{report}\n{LINE_IN_THE_SNAPSHOT}") == snapshot


@pytest.mark.needs_gil
@pytest.mark.parametrize("name", PROGRAMS)
def test_report_ends_with_whether_it_can_happen_under_the_gil(name, monkeypatch):
    failure = failure_of(name, monkeypatch)
    version = sys.version_info.minor
    within = PROGRAMS[name][version - 11] == "y"
    answer = "yes" if within else "not within this search"

    assert str(failure).splitlines()[-1] == (
        f"can happen under the GIL of CPython 3.{version}: {answer}"
    )
    assert failure.affects == (("free-threaded", "gil") if within else ("free-threaded",))


@pytest.mark.parametrize("name", PROGRAMS)
def test_report_names_no_address_and_every_place_exists(name, monkeypatch):
    report = str(failure_of(name, monkeypatch))
    places = [word.strip("(),;") for word in report.split() if ".py:" in word]

    assert " at 0x" not in report
    assert places
    assert all(Path(place.rpartition(":")[0]).exists() for place in places)
    assert all(line == line.rstrip() for line in report.splitlines())
    assert os.sep * 2 not in report
