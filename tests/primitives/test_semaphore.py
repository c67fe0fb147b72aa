"""`threading.Semaphore` and `threading.BoundedSemaphore`."""

import threading
from threading import BoundedSemaphore, Semaphore, Thread

import pytest

KINDS = {
    "Semaphore": lambda *args: Semaphore(*args),
    "Bounded": lambda *args: BoundedSemaphore(*args),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def test_as_many_permits_as_given(world, kind):
    def body():
        semaphore = kind(2)
        return [semaphore.acquire(), semaphore.acquire(), semaphore.acquire(blocking=False)]

    assert world(body) == [True, True, False]


def test_one_permit_if_none_are_given(world, kind):
    def body():
        semaphore = kind()
        return semaphore.acquire(), semaphore.acquire(False)

    assert world(body) == (True, False)


def test_with_statement_takes_a_permit_and_gives_it_back(world, kind):
    def body():
        semaphore = kind(1)
        try:
            with semaphore as entered:
                inside = semaphore.acquire(False)
                raise LookupError
        except LookupError:
            return entered, inside, semaphore.acquire(False)

    assert world(body) == (True, False, True)


def test_at_most_so_many_threads_are_inside(world, kind):
    def body():
        semaphore, inside, most = kind(2), [], []

        def work():
            for _ in range(2):
                with semaphore:
                    inside.append(1)
                    most.append(len(inside))
                    inside.pop()

        threads = [Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(most), max(most) <= 2

    assert world(body) == (8, True)


def test_release_wakes_a_waiter(world):
    def body():
        semaphore, got = Semaphore(0), []
        threads = [Thread(target=lambda: got.append(semaphore.acquire())) for _ in range(3)]
        for thread in threads:
            thread.start()
        semaphore.release()
        semaphore.release(2)
        for thread in threads:
            thread.join()
        return got, semaphore.acquire(False)

    assert world(body) == ([True] * 3, False)


@pytest.mark.parametrize("timeout", [0, 0.001, -1])
def test_timed_acquire_gives_up(world, kind, timeout):
    def body():
        semaphore = kind(1)
        semaphore.acquire()
        return semaphore.acquire(timeout=timeout), semaphore.acquire(True, timeout)

    assert world(body) == (False, False)


@pytest.mark.parametrize("permits", [0, 1])
@pytest.mark.parametrize(
    "args", [(False, 1), (False, 0), (False, None), (True, float("inf")), (True, 1e300)], ids=str
)
def test_acquire_checks_its_arguments_like_the_original(world, error_of, args, permits):
    def body():
        semaphore = Semaphore(permits)
        return error_of(semaphore.acquire, *args), semaphore._value

    assert world(body) == body()


def test_acquire_refuses_a_timeout_that_is_no_number(world, error_of):
    def body():
        return error_of(Semaphore(0).acquire, True, "soon")[0]

    assert world(body) is TypeError


@pytest.mark.parametrize("n", [0, -1])
def test_release_of_no_permits_is_an_error(world, error_of, kind, n):
    def body():
        return error_of(kind(1).release, n)

    assert world(body) == body()
    assert body()[0] is ValueError


def test_negative_number_of_permits_is_an_error(world, error_of, kind):
    def body():
        return error_of(kind, -1)

    assert world(body) == (ValueError, "semaphore initial value must be >= 0")


def test_bounded_semaphore_cannot_be_released_too_often(world, error_of):
    def body():
        semaphore = BoundedSemaphore(2)
        semaphore.acquire()
        return [
            error_of(semaphore.release, 2),
            error_of(semaphore.release),
            error_of(semaphore.release),
        ]

    too_often = (ValueError, "Semaphore released too many times")
    assert world(body) == [too_often, None, too_often]


def test_plain_semaphore_can_be_released_any_number_of_times(world):
    def body():
        semaphore = Semaphore(0)
        semaphore.release(3)
        return [semaphore.acquire(False) for _ in range(4)]

    assert world(body) == [True, True, True, False]


def test_semaphore_says_in_its_repr_how_many_permits_are_left(world, kind):
    def body():
        semaphore = kind(3)
        semaphore.acquire()
        return repr(semaphore).partition(": ")[2]

    assert world(body) == body()


def test_threading_names_are_the_same_classes(world):
    def body():
        return threading.Semaphore is Semaphore, issubclass(BoundedSemaphore, Semaphore)

    assert world(body) == (True, True)
