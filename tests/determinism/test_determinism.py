"""The same body and the same interleaving give the same trace, also in another process."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness import (
    Interleaving,
    ReplayDivergenceError,
    Returned,
    explore,
    replay,
    run,
)

PROGRAM = Path(__file__).with_name("program.py")
REPOSITORY = Path(__file__).parents[2]
INTERLEAVINGS = [
    "",
    "T1@9>T2",
    "T1@12>T2 T2@9>T1",
    "T0@30>T2",
    "T5@1>T2",
    "T1@1>T2 T2@1>T1 T1@4>T2",
]


def load(source=None, path=PROGRAM):
    """Return a module made of a program; `source` is written to `path` first."""
    if source is not None:
        path.write_text(source)
    spec = importlib.util.spec_from_file_location(f"program_{path.parent.name}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_another_process(hash_seed):
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(REPOSITORY)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def elsewhere():
    return [in_another_process(hash_seed) for hash_seed in ("1", "2")]


@pytest.mark.parametrize("text", INTERLEAVINGS)
def test_same_interleaving_gives_the_same_trace(text):
    body = load().body
    first = run(body, Interleaving.parse(text))
    second = run(body, Interleaving.parse(text))

    assert first.trace == second.trace
    assert first == second


@pytest.mark.parametrize("text", INTERLEAVINGS)
def test_canonical_interleaving_gives_the_same_trace(text):
    body = load().body
    first = run(body, Interleaving.parse(text))
    second = run(body, first.interleaving)

    assert second.interleaving == first.interleaving
    assert second.trace == first.trace


@pytest.mark.parametrize("search", ["auto", "random", "pct", "exhaustive"])
def test_same_seed_gives_the_same_exploration(search):
    body = load().body

    def summary():
        one = explore(body, search=search, seed=5, executions=40, stop_at_failure=False)
        return (
            *(one.executions, one.steps, one.contended, one.verdict, one.reason, one.outcomes),
            *(one.failure.token, one.failure.trace, one.failure.report),
        )

    assert summary() == summary()


def test_another_process_with_another_hash_seed_gives_the_same(elsewhere):
    first, second = elsewhere

    assert first == second


def test_token_of_another_process_works_here(elsewhere):
    body = load().body
    failure = explore(body, search="random", seed=11).failure
    execution = replay(body, elsewhere[0]["token"])

    assert elsewhere[0]["token"] == failure.token
    assert execution.outcome == failure.outcome


def test_replay_gives_the_outcome_and_the_trace_of_the_failure():
    body = load().body
    failure = explore(body).failure
    execution = replay(body, failure.token)

    assert execution.outcome == failure.outcome
    assert execution.trace == failure.trace
    assert execution.interleaving == failure.interleaving


def test_token_stays_valid_when_other_lines_come_before(tmp_path):
    source = PROGRAM.read_text()
    token = explore(load(source, tmp_path / "before.py").body).failure.token
    changed = load("# a comment\n\n" + source, tmp_path / "after.py")

    assert not isinstance(replay(changed.body, token).outcome, Returned)


def test_token_goes_stale_when_its_line_changes(tmp_path):
    source = PROGRAM.read_text()
    token = explore(load(source, tmp_path / "before.py").body).failure.token
    changed = load(
        source.replace("self.total = before + amount", "self.total = amount + before"),
        tmp_path / "after.py",
    )

    with pytest.raises(
        ReplayDivergenceError, match=r"Switch 1 of the token .*Ledger\.book"
    ) as raised:
        replay(changed.body, token)

    assert "self.total = amount + before" in str(raised.value)


def test_token_goes_stale_when_its_switch_cannot_take_place():
    body = load().body

    with pytest.raises(
        ReplayDivergenceError, match=r"Switch 2 of the token .*, T2@900>T1, cannot take place"
    ):
        replay(body, "T1@9>T2 T2@900>T1#00000000")


def test_token_goes_stale_with_other_digits():
    body = load().body
    text, digits = explore(body).failure.token.split("#")

    with pytest.raises(ReplayDivergenceError, match="Switch 1 of the token"):
        replay(body, f"{text}#{'0' * 8 if digits != '0' * 8 else '1' * 8}")


def test_token_of_the_empty_interleaving_is_checked_against_the_options():
    def body():
        raise ValueError("always")

    token = explore(body).failure.token

    assert token.startswith("#")
    with pytest.raises(ReplayDivergenceError, match="made for other options"):
        replay(body, token, instrument=("pytest_timeout",))


def test_token_is_made_for_the_instrumented_packages():
    body = load().body
    token = explore(body).failure.token

    with pytest.raises(ReplayDivergenceError, match="instrument="):
        replay(body, token, instrument=("pytest_timeout",))
