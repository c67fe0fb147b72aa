"""Golden reports: what somebody reads who has never seen one.

`pytest tests/report --snapshot-update` writes them anew; look at the difference.
"""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from harness import explore

CORPUS = Path(__file__).parents[1] / "corpus" / "must_fail"
PROGRAMS = [
    "lost_update_call_between",
    "lock_order_two",
    "delete_key_twice",
    "iterate_items_while_deleting",
    "check_then_act_cache",
    "forgotten_notify",
]


def report_of(name, monkeypatch):
    monkeypatch.chdir(CORPUS)  # paths are shown relative to the working directory
    spec = importlib.util.spec_from_file_location(f"report_{name}", CORPUS / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(explore(module.body).failure)


@pytest.mark.parametrize("name", PROGRAMS)
def test_report_reads_like_this(name, snapshot, monkeypatch):
    assert report_of(name, monkeypatch) == snapshot


@pytest.mark.parametrize("name", PROGRAMS)
def test_report_names_no_address_and_every_place_exists(name, monkeypatch):
    report = report_of(name, monkeypatch)
    places = [word.strip("(),;") for word in report.split() if ".py:" in word]

    assert " at 0x" not in report
    assert places
    assert all(Path(place.rpartition(":")[0]).exists() for place in places)
    assert all(line == line.rstrip() for line in report.splitlines())
    assert os.sep * 2 not in report
