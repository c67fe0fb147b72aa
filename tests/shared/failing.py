"""How a failure is called where programs say what is expected of them."""

from harness import Deadlocked, Raised


def kind_of(outcome):
    """Return the name of the exception that an outcome stands for."""
    if isinstance(outcome, Raised):
        return type(outcome.exception).__name__
    return "DeadlockError" if isinstance(outcome, Deadlocked) else type(outcome).__name__
