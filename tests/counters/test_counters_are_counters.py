"""The counters count, each as far as it claims, on real threads."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from harness.counters import (
    CANDIDATES,
    Counter,
    LockedCounter,
    MutexCounter,
    UnlockedCounter,
    count,
    one,
)
from harness.errors import UsageError

PATIENCE = 10.0  # seconds until a test that hangs fails instead

every_candidate = pytest.mark.parametrize("candidate", CANDIDATES)
every_holding_candidate = pytest.mark.parametrize(
    "candidate", [candidate for candidate in CANDIDATES if candidate.expected.holds]
)


def test_one_is_one() -> None:
    assert one() == 1


@every_candidate
def test_counter_starts_at_zero(candidate: type[Counter]) -> None:
    assert candidate().value == 0


@every_candidate
def test_counter_counts_when_nobody_interferes(candidate: type[Counter]) -> None:
    counter = candidate()

    for _ in range(10):
        counter.increment()

    assert counter.value == 10


@every_candidate
def test_counters_share_nothing(candidate: type[Counter]) -> None:
    counted, untouched = candidate(), candidate()

    counted.increment()

    assert (counted.value, untouched.value) == (1, 0)


@every_candidate
def test_one_thread_counts(candidate: type[Counter]) -> None:
    assert count(candidate, 1, 10) == 10


@every_holding_candidate
def test_many_threads_count_when_it_holds(candidate: type[Counter]) -> None:
    assert count(candidate, 4, 500) == 2_000


@every_candidate
def test_expectation_is_whole(candidate: type[Counter]) -> None:
    expected = candidate.expected

    assert expected.holds == (expected.free_threaded is None)  # a GIL build only loses less
    assert expected.gil in (None, expected.free_threaded)
    assert expected.why.endswith(".")


def test_candidates_hold_and_fail() -> None:
    assert {True, False} == {candidate.expected.holds for candidate in CANDIDATES}


def test_unlocked_counter_loses_an_increment_when_both_read_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both_have_read = threading.Barrier(2, timeout=PATIENCE)

    def one_after_both_have_read() -> int:
        both_have_read.wait()
        return 1

    monkeypatch.setattr("harness.counters.unlocked.one", one_after_both_have_read)

    assert count(UnlockedCounter, 2, 1) == 1


@pytest.mark.parametrize("candidate", [LockedCounter, MutexCounter])
def test_lock_is_held_between_read_and_write(
    monkeypatch: pytest.MonkeyPatch, candidate: type[LockedCounter | MutexCounter]
) -> None:
    counter = candidate()
    shown: list[str] = []

    def one_that_looks() -> int:
        shown.append(repr(counter.mutex))
        return 1

    monkeypatch.setattr(sys.modules[candidate.__module__], "one", one_that_looks)
    counter.increment()

    assert "locked" in shown[0]
    assert "unlocked" not in shown[0]


def test_count_uses_one_counter_for_all_threads() -> None:
    made: list[LockedCounter] = []

    def make() -> LockedCounter:
        made.append(LockedCounter())
        return made[-1]

    assert count(make, 2, 3) == 6
    assert [counter.value for counter in made] == [6]


@pytest.mark.parametrize("number", [0, -1, True, 1.0, "1", None])
@pytest.mark.parametrize("name", ["threads", "iterations"])
def test_count_refuses_what_is_no_count(name: str, number: Any) -> None:
    numbers = {"threads": 1, "iterations": 1, name: number}

    with pytest.raises(UsageError) as caught:
        count(LockedCounter, **numbers)

    assert f"count got {name}={number!r}. Give a whole number, 1 or greater." == str(caught.value)
