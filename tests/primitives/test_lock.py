"""`threading.Lock`."""

import _thread
import threading
import weakref
from _thread import allocate_lock
from threading import TIMEOUT_MAX, Lock

import pytest

NAN = float("nan")


WAYS_TO_MAKE = {
    "threading.Lock": lambda: threading.Lock(),
    "Lock": lambda: Lock(),
    "_thread.allocate_lock": lambda: _thread.allocate_lock(),
    "allocate_lock": lambda: allocate_lock(),
    "_thread.allocate": lambda: _thread.allocate(),
}


@pytest.mark.parametrize("way", WAYS_TO_MAKE)
def test_lock_is_free_held_and_free_again(world, way):
    def body():
        lock = WAYS_TO_MAKE[way]()
        states = [lock.locked()]
        states += [lock.acquire(), lock.locked(), lock.acquire(blocking=False)]
        lock.release()
        return [*states, lock.locked()]

    assert world(body) == [False, True, True, False, False]


def test_lock_in_a_with_statement_is_held_inside_only(world):
    def body():
        lock = Lock()
        with lock as entered:
            inside = lock.locked()
        return entered, inside, lock.locked()

    assert world(body) == (True, True, False)


def test_with_statement_releases_the_lock_when_its_block_raises(world):
    def body():
        lock = Lock()
        try:
            with lock:
                raise LookupError
        except LookupError:
            return lock.locked()

    assert world(body) is False


def test_lock_excludes_other_threads(world):
    def body():
        lock, inside, most = Lock(), [], []

        def work():
            for _ in range(3):
                with lock:
                    inside.append(1)
                    most.append(len(inside))
                    inside.pop()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return most

    assert world(body) == [1] * 9


def test_another_thread_may_release_the_lock(world):
    def body():
        lock = Lock()
        lock.acquire()
        thread = threading.Thread(target=lock.release)
        thread.start()
        again = lock.acquire()
        thread.join()
        return again

    assert world(body) is True


@pytest.mark.parametrize("timeout", [0, 0.0, 0.01])
def test_timed_acquire_of_a_held_lock_gives_up(world, timeout):
    def body():
        lock = Lock()
        lock.acquire()
        return lock.acquire(timeout=timeout), lock.acquire(True, timeout)

    assert world(body) == (False, False)


def test_timed_acquire_gets_a_lock_that_is_released_in_time(world):
    def body():
        lock = Lock()
        lock.acquire()
        thread = threading.Thread(target=lock.release)
        thread.start()
        thread.join()
        return lock.acquire(timeout=3600)

    assert world(body) is True


ARGUMENTS = {
    "negative": ((True, -2), {}),
    "slightly negative": ((), {"timeout": -0.5}),
    "minus one without blocking": ((False, -1), {}),
    "a timeout without blocking": ((False, 1), {}),
    "zero without blocking": ((False, 0), {}),
    "too large": ((True, TIMEOUT_MAX * 2), {}),
    "much too large": ((True, 1e300), {}),
    "infinite": ((True, float("inf")), {}),
    "nan": ((True, NAN), {}),
    "nan without blocking": ((False, NAN), {}),
    "a word": ((True, "soon"), {}),
    "None": ((), {"timeout": None}),
    "blocking is None": ((None,), {}),
    "blocking is 0": ((0,), {}),
}


@pytest.mark.parametrize("held", [False, True], ids=["free", "held"])
@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_acquire_checks_its_arguments_like_the_original(world, error_of, arguments, held):
    args, kwargs = ARGUMENTS[arguments]

    def body():
        lock = Lock()
        if held:
            lock.acquire()
        return error_of(lock.acquire, *args, **kwargs), lock.locked()

    assert world(body) == body()


@pytest.mark.parametrize(
    ("args", "kwargs"), [((), {"patience": 1}), ((True, 1, 2), {})], ids=["keyword", "three"]
)
def test_acquire_refuses_arguments_that_it_does_not_have(world, error_of, args, kwargs):
    def body():
        return error_of(Lock().acquire, *args, **kwargs)[0]

    assert world(body) is TypeError


def test_release_of_a_free_lock_is_an_error(world, error_of):
    def body():
        return error_of(Lock().release)

    assert world(body) == (RuntimeError, "release unlocked lock")


def test_exit_of_a_free_lock_is_an_error(world, error_of):
    def body():
        return error_of(Lock().__exit__, None, None, None)

    assert world(body) == (RuntimeError, "release unlocked lock")


def test_lock_has_its_old_names(world):
    def body():
        lock = _thread.allocate_lock()
        lock.acquire_lock()
        locked = lock.locked_lock()
        lock.release_lock()
        return locked, lock.locked_lock()

    assert world(body) == (True, False)


def test_lock_can_be_referred_to_weakly_and_is_truthy(world):
    def body():
        lock = Lock()
        return weakref.ref(lock)() is lock, bool(lock), hash(lock) == hash(lock), lock != Lock()

    assert world(body) == (True, True, True, True)


def test_lock_is_an_instance_of_the_lock_type_that_the_code_sees(world):
    def body():
        kind = type(threading.Lock())
        return isinstance(Lock(), kind), isinstance(threading.RLock(), kind)

    assert world(body) == (True, False)


def test_lock_says_in_its_repr_whether_it_is_held(world):
    def body():
        lock = Lock()
        free = repr(lock)
        lock.acquire()
        return free.startswith("<unlocked"), repr(lock).startswith("<locked")

    assert world(body) == (True, True)


def test_lock_offers_the_same_public_methods(world):
    def body():
        return sorted(
            name for name in dir(Lock()) if name.startswith(("a", "l", "r", "__en", "__ex"))
        )

    assert world(body) == body()
