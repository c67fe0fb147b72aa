"""Ten threads count to ten million together, one at a time."""

from threading import Lock, Thread

THREADS = 10
ITERATIONS = 1_000_000

counter = 0
mutex = Lock()


def one() -> int:
    """Return 1."""
    return 1


def count() -> None:
    """Count a million."""
    global counter
    for _ in range(ITERATIONS):
        with mutex:
            counter = counter + one()


def main() -> None:
    """Let ten threads count."""
    threads = [Thread(target=count) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"counted {counter} of {THREADS * ITERATIONS}")


if __name__ == "__main__":
    main()
