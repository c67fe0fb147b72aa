"""What a switch is under the GIL: where this CPython hands over, and library code on the way."""
