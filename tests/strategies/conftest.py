import pytest
from hypothesis import find, settings


@pytest.fixture(scope="session")
def minimal():
    """Find the simplest value; without a database, which takes equal lambdas for one test.

    One example in a thousand reaches a bound: so many are tried that none is missed by bad luck.
    """

    def minimal(strategy, condition=lambda value: True):
        return find(strategy, condition, settings=settings(max_examples=20_000, database=None))

    return minimal
