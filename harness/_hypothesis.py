"""The entry point by which Hypothesis learns how to draw an `Interleaving`."""

from __future__ import annotations

from hypothesis import strategies as st

from harness.errors import UsageError
from harness.interleaving import Interleaving


def register() -> None:
    """Register the strategy for `Interleaving`; Hypothesis calls this when it is imported."""
    st.register_type_strategy(Interleaving, _find_strategy)


def _find_strategy(requested: type) -> st.SearchStrategy[Interleaving]:
    if requested is not Interleaving:
        # Hypothesis asks each registered type when a test wants any `object` or `Sized`. Such a
        # test does not mean ours, and must not fail for a `strategies` folder of its own.
        return NotImplemented  # type: ignore[no-any-return]  # the way Hypothesis documents
    # Not at the top: a project may have a `strategies` folder of its own, and that must not break
    # `import hypothesis`.
    import strategies  # noqa: PLC0415

    if not callable(getattr(strategies, "interleavings", None)):
        found = getattr(strategies, "__file__", None) or list(strategies.__path__)
        raise UsageError(
            f"There is no strategy for Interleaving: `import strategies` finds {found!r}, "
            "which hides the package of that name that comes with hypothread. Rename that one, "
            "or register a strategy with st.register_type_strategy(Interleaving, ...)."
        )
    return strategies.interleavings()
