"""What can be said about executions: smaller ones that fail in the same way."""
