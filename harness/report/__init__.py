"""Results in words: values, tables, messages."""
