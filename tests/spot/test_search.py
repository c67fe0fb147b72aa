"""What a search of a script makes of an exploration that has shown nothing."""

from types import SimpleNamespace

import pytest

from harness.exploration import Exploration
from harness.spotting import search
from harness.spotting.progress import Progress
from harness.spotting.result import Spotted
from harness.spotting.status import RefusedError, Status


def refusal(monkeypatch, **shown):
    exploration = Exploration(
        **{"failure": None, "executions": 3, "complete": False, "verdict": "inconclusive"},
        **{"search": "auto", **shown},
    )
    stub = SimpleNamespace(contention=None, outcomes={}, explore=lambda: exploration)
    monkeypatch.setattr(search, "Explorer", lambda world, options: stub)
    monkeypatch.setattr(search.OutcomeSearch, "_look_ahead", lambda self, contention: None)
    spotted = Spotted(name="script")
    options = search.SpotOptions()
    with pytest.raises(RefusedError) as caught:
        search.OutcomeSearch(None, 10, options, Progress("script"), spotted).run()
    return caught.value


def test_the_reason_is_a_sentence_already(monkeypatch):
    error = refusal(monkeypatch, reason="No end is in sight.")

    assert (error.status, str(error)) == (Status.NO_END, "No end is in sight.")


def test_how_two_runs_differed_is_said_and_not_that_there_is_no_end(monkeypatch):
    error = refusal(monkeypatch, reason="Whatever.", divergence="T1 was elsewhere.")

    assert error.status == Status.NOT_DETERMINISTIC
    assert str(error).startswith("T1 was elsewhere. Something that")
