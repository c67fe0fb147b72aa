"""How much to do to make a failure small and clear."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Any


class Effort(Enum):
    """Say how much to do, and why: Hypothesis asks for many failures to show one.

    Those on the way to it are the larger ones, and it asks fifty times more to explain the last.
    """

    NOTHING = "nobody will see this failure"
    LITTLE = "a test may look at any of these failures"
    ALL = "this failure is shown"


def is_in_a_hypothesis_test() -> bool:
    """Say whether an example of a Hypothesis test is running."""
    return _build_context() is not None


def effort_to_return() -> Effort:
    """Return how much to do for a failure that the body's test gets as a value.

    It must not depend on whether Hypothesis shows this example: what the test sees must not.
    """
    return Effort.LITTLE if is_in_a_hypothesis_test() else Effort.ALL


def effort_to_raise() -> Effort:
    """Return how much to do for a failure that is raised as the body's own exception."""
    context = _build_context()
    return Effort.ALL if context is None or context.is_final else Effort.NOTHING


def _build_context() -> Any:
    hypothesis = sys.modules.get("hypothesis")  # who uses it has imported it
    if hypothesis is None or not hypothesis.currently_in_test_context():
        return None
    return hypothesis.control.current_build_context()
