"""What a search says when the body does not do the same again."""

from __future__ import annotations

from harness.errors import HarnessError


class NondeterminismError(HarnessError):
    """Report that the same choices led elsewhere than before."""
