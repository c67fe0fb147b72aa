"""Scripts to spot the difference between; `harness spot unlocked locked mutex` runs them."""
