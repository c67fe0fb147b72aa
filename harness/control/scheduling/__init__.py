"""Exactly one task runs: tasks, what they run on, and who goes on at a switch point."""
