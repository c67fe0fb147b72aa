"""Ten threads count to ten million together; the mutex owns the count, so it cannot be forgotten."""

from harness import Mutex, scope

THREADS = 10
ITERATIONS = 1_000_000

counter = Mutex(0)


def one() -> int:
    """Return 1."""
    return 1


def count() -> None:
    """Count a million."""
    for _ in range(ITERATIONS):
        with counter.lock() as guard:
            guard.value = guard.value + one()


def main() -> None:
    """Let ten threads count; the scope joins them."""
    with scope() as threads:
        for _ in range(THREADS):
            threads.spawn(count)
    print(f"counted {counter.into_inner()} of {THREADS * ITERATIONS}")


if __name__ == "__main__":
    main()
