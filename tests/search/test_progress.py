"""A long search says how far it has come, to whom the caller names."""

import threading

import pytest

from harness import UsageError, check, explore, explorer
from harness.counters import LockedCounter, UnlockedCounter
from harness.search_progress import SearchProgress


@pytest.fixture(autouse=True)
def report_after_each_execution(monkeypatch):
    monkeypatch.setattr(explorer, "SECONDS_BETWEEN_REPORTS", 0)


def counting(counter_type, count=3, rounds=2):
    def body():
        counter = counter_type()

        def work():
            for _ in range(rounds):
                counter.increment()

        threads = [threading.Thread(target=work) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counter.value == count * rounds

    return body


def test_a_search_reports_each_execution_in_turn():
    seen = []

    exploration = explore(
        counting(LockedCounter), search="random", executions=9, progress=seen.append
    )

    assert [one.executions for one in seen] == list(range(1, exploration.executions + 1))
    assert {(one.search, one.most, one.outcomes, one.expected) for one in seen} == {
        ("random", 9, 1, None)
    }
    assert all(one.seconds > 0 and one.rate > 0 for one in seen)


def test_an_exhaustive_search_says_about_how_large_it_is():
    seen = []

    exploration = explore(counting(LockedCounter), search="exhaustive", progress=seen.append)

    assert exploration.verdict == "holds"
    assert all(one.expected >= one.executions for one in seen)
    assert seen[-1].expected == pytest.approx(exploration.executions, rel=0.1)
    assert seen[-1].seconds_left < seen[-1].seconds


def test_a_search_goes_on_no_longer_than_its_deadline():
    seen = []

    explore(
        counting(LockedCounter),
        search="random",
        executions=10**9,
        seconds=0.3,
        progress=seen.append,
    )

    assert all(one.seconds_left <= 0.3 - one.seconds + 1e-9 for one in seen[:-1])
    assert seen[-1].seconds_left < 0.1


def test_a_failure_ends_the_reports():
    seen = []

    with pytest.raises(AssertionError):
        check(counting(UnlockedCounter), search="random", progress=seen.append)

    assert len(seen) < 100


def test_what_the_listener_raises_ends_the_exploration():
    def stop(progress):
        raise KeyError(progress.executions)

    with pytest.raises(KeyError, match="1"):
        explore(counting(LockedCounter), progress=stop)

    assert explore(counting(LockedCounter), executions=5).executions == 5


def test_nobody_is_told_before_a_second_has_passed(monkeypatch):
    monkeypatch.setattr(explorer, "SECONDS_BETWEEN_REPORTS", 1_000)
    seen = []

    explore(counting(LockedCounter), executions=20, progress=seen.append)

    assert seen == []


def test_what_cannot_be_called_is_refused():
    with pytest.raises(UsageError, match=r"progress=True, which cannot be called.*like print"):
        explore(counting(LockedCounter), progress=True)


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (
            SearchProgress(
                search="exhaustive",
                executions=1_200,
                most=50_000,
                seconds=2.0,
                outcomes=2,
                expected=9_000.4,
            ),
            "exhaustive: 1,200 executions of about 9,000, 600 a second, 2 outcomes, "
            "about 13 s left",
        ),
        (
            SearchProgress(
                search="auto", executions=500, most=100_000, seconds=1.0, outcomes=1, expected=None
            ),
            "auto: 500 executions of at most 100,000, 500 a second, 1 outcome, "
            "about 3 min 19 s left",
        ),
        (
            SearchProgress(
                search="auto",
                executions=500,
                most=100_000,
                seconds=1.0,
                outcomes=1,
                expected=None,
                most_seconds=20.0,
            ),
            "auto: 500 executions of at most 100,000, 500 a second, 1 outcome, about 19 s left",
        ),
        (
            SearchProgress(
                search="exhaustive",
                executions=1,
                most=10_000,
                seconds=1.0,
                outcomes=1,
                expected=1e30,
            ),
            "exhaustive: 1 execution of at most 10,000, 1 a second, 1 outcome, "
            "about 2 h 46 min left",
        ),
    ],
)
def test_it_is_one_line(progress, text):
    assert str(progress) == text
