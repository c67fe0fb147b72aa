"""What every test shares: pytest's own test tool, and the Hypothesis profiles."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from harness.arguments import has_gil

pytest_plugins = ["pytester"]

# deadline=None: Hypothesis fails an example that takes longer than 200 ms, but one example here may
# be many executions of a body. Their budgets are `max_steps` and `executions`, which do not depend
# on how busy the machine is.
settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "nightly",
    deadline=None,
    max_examples=2_000,
    database=DirectoryBasedExampleDatabase(".hypothesis/examples"),
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)

# What a shell script runs in the background ignores Ctrl-C, which some tests send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give long tests more time before they count as hanging; leave out what this build refuses."""
    for item in items:
        if item.get_closest_marker("needs_gil") and not has_gil():
            item.add_marker(pytest.mark.skip(reason="without a GIL, model='gil' is refused"))
        if item.get_closest_marker("thorough") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(900))
