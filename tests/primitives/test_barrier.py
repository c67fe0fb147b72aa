"""`threading.Barrier`, which stands on a condition under control."""

from threading import Barrier, BrokenBarrierError, Thread
from time import sleep

import pytest


def gather(parties, work):
    threads = [Thread(target=work) for _ in range(parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_nobody_passes_before_all_have_come(world):
    def body():
        barrier, come, seen = Barrier(3), [], []

        def work():
            come.append(1)
            barrier.wait()
            seen.append(len(come))

        gather(3, work)
        return seen

    assert world(body) == [3, 3, 3]


def test_each_gets_another_index_and_the_barrier_can_be_used_again(world):
    def body():
        barrier, first, second = Barrier(3), [], []

        def work():
            first.append(barrier.wait())
            second.append(barrier.wait())

        gather(3, work)
        return sorted(first), sorted(second), barrier.n_waiting, barrier.broken

    assert world(body) == ([0, 1, 2], [0, 1, 2], 0, False)


def test_action_runs_once_before_anybody_passes(world):
    def body():
        actions, seen = [], []
        barrier = Barrier(2, action=lambda: actions.append(1))

        def work():
            barrier.wait()
            seen.append(len(actions))

        gather(2, work)
        return actions, seen

    assert world(body) == ([1], [1, 1])


def test_wait_that_runs_out_of_time_breaks_the_barrier(world, error_of):
    def body():
        barrier = Barrier(2)
        found = error_of(barrier.wait, 0.001)
        return found, barrier.broken, error_of(barrier.wait)

    assert world(body) == ((BrokenBarrierError, ""), True, (BrokenBarrierError, ""))


def test_timeout_of_the_barrier_itself_counts(world, error_of):
    def body():
        barrier = Barrier(2, timeout=0.001)
        return error_of(barrier.wait), barrier.broken

    assert world(body) == ((BrokenBarrierError, ""), True)


@pytest.mark.parametrize("end", ["abort", "reset"])
def test_abort_and_reset_break_the_wait_of_others(world, error_of, end):
    def body():
        barrier, found = Barrier(2), []
        thread = Thread(target=lambda: found.append(error_of(barrier.wait)))
        thread.start()
        while barrier.n_waiting == 0:
            sleep(0)
        getattr(barrier, end)()
        thread.join()
        return found, barrier.broken

    assert world(body) == ([(BrokenBarrierError, "")], end == "abort")


def test_action_that_raises_breaks_the_barrier(world, error_of):
    def body():
        def fail():
            raise LookupError("action")

        barrier, found = Barrier(2, fail), []
        gather(2, lambda: found.append(error_of(barrier.wait)))
        return sorted(found, key=str), barrier.broken

    assert world(body) == (
        [(LookupError, "action"), (BrokenBarrierError, "")],
        True,
    )


def test_a_barrier_needs_a_party(world, error_of):
    def body():
        return error_of(lambda: Barrier(0).parties)

    assert world(body) == body()
