import pytest

from harness.errors import UsageError
from strategies import operations


def test_operations_say_what_to_use_instead():
    with pytest.raises(UsageError, match=r"not available in this version.*st\.sampled_from"):
        operations(list, max_size=3)
