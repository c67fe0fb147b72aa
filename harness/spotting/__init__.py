"""Run a script under many interleavings, and say whether what it does depends on them."""
