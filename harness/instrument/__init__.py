"""Where switch points come from: hooks in the bytecode of the code in scope."""
