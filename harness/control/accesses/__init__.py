"""Which locations an operation of the program touches, found without running any of its code."""
