"""What the standard library builds on threads and locks, as tasks use it."""
