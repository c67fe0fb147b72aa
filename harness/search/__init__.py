"""Who goes on at a switch point: one file an algorithm."""
