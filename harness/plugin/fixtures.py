"""The fixtures: all of session scope, so that a Hypothesis test may ask for them, too.

What they give is imported when a test asks for it, because it loads the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest

from harness.plugin.session import SESSION

if TYPE_CHECKING:
    from harness.plugin.exploring import Interleave
    from harness.stressing import Stress


@pytest.fixture(scope="session")
def interleave(pytestconfig: pytest.Config) -> Interleave:
    """Explore the interleavings of a body with the project's options: call it with the body."""
    from harness.plugin.exploring import Interleave  # noqa: PLC0415

    return Interleave(pytestconfig.stash[SESSION])


@pytest.fixture(scope="session")
def stress() -> Callable[..., Stress]:
    """Run a body again and again on real threads: call it with the body."""
    from harness.stressing import stress as run_under_stress  # noqa: PLC0415

    return run_under_stress


@pytest.fixture(scope="session")
def switch_interval() -> Callable[[float], AbstractContextManager[float]]:
    """Force the interpreter's switch interval in a `with` block: call it with the seconds."""
    from harness.switch_interval import forced_switch_interval  # noqa: PLC0415

    return forced_switch_interval
