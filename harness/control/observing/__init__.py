"""Watch an execution: what its steps touch, in which order, and what no hook can see."""
