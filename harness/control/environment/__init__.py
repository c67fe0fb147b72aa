"""What a body meets beside threads: time, randomness, the collector, signals, globals."""
