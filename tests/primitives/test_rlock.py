"""`threading.RLock`."""

import threading
from threading import RLock

import pytest


def test_its_owner_can_take_it_again_and_must_release_as_often(world):
    def body():
        lock, seen = RLock(), []

        def look():
            seen.append(lock.acquire(blocking=False))
            if seen[-1]:
                lock.release()

        def look_from_a_thread():
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()

        lock.acquire()
        with lock:
            look_from_a_thread()
        look_from_a_thread()
        lock.release()
        look_from_a_thread()
        return seen

    assert world(body) == [False, False, True]


def test_rlock_excludes_other_threads(world):
    def body():
        lock, inside, most = RLock(), [], []

        def work():
            for _ in range(3):
                with lock, lock:
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


def test_release_of_a_free_rlock_is_an_error(world, error_of):
    def body():
        return error_of(RLock().release), error_of(RLock().__exit__, None, None, None)

    assert world(body) == ((RuntimeError, "cannot release un-acquired lock"),) * 2


def test_release_by_another_thread_is_an_error(world, error_of):
    def body():
        lock, seen = RLock(), []
        lock.acquire()
        thread = threading.Thread(target=lambda: seen.append(error_of(lock.release)))
        thread.start()
        thread.join()
        return seen

    assert world(body) == [(RuntimeError, "cannot release un-acquired lock")]


@pytest.mark.parametrize("by_another_thread", [False, True])
@pytest.mark.parametrize(
    "args",
    [
        (True, -2),
        (False, -1),
        (False, 1),
        (False, 0),
        (True, 1e300),
        (True, float("inf")),
        (True, float("nan")),
        (True, "soon"),
        (True, None),
        (None,),
        (0,),
    ],
    ids=str,
)
def test_acquire_checks_its_arguments_like_the_original(world, error_of, args, by_another_thread):
    def body():
        lock, seen = RLock(), []

        def try_it():
            seen.append(error_of(lock.acquire, *args))

        with lock:
            if by_another_thread:
                thread = threading.Thread(target=try_it)
                thread.start()
                thread.join()
            else:
                try_it()
        return seen

    assert world(body) == body()


def test_private_methods_that_conditions_use_keep_the_depth(world):
    def body():
        lock = RLock()
        with lock, lock:
            owned = [lock._is_owned()]
            saved = lock._release_save()
            owned.append(lock._is_owned())
            lock._acquire_restore(saved)
            owned.append(lock._is_owned())
            lock.release()
            owned.append(lock._is_owned())
            lock.acquire()
        return owned, lock._is_owned()

    assert world(body) == ([True, False, True, True], False)


def test_release_save_of_a_free_rlock_is_an_error(world, error_of):
    def body():
        return error_of(RLock()._release_save)

    assert world(body) == (RuntimeError, "cannot release un-acquired lock")


def test_recursion_count_counts_for_the_owner_only(world):
    def body():
        lock, seen = RLock(), []
        if not hasattr(lock, "_recursion_count"):
            return "not in this version"
        with lock, lock:
            seen.append(lock._recursion_count())
            thread = threading.Thread(target=lambda: seen.append(lock._recursion_count()))
            thread.start()
            thread.join()
        return seen

    assert world(body) == body()


def test_rlock_offers_the_same_methods(world):
    def body():
        lock = RLock()
        names = ("acquire", "release", "locked", "_is_owned", "_release_save", "_acquire_restore")
        return [name for name in (*names, "_recursion_count") if hasattr(lock, name)]

    assert world(body) == body()


def test_rlock_says_in_its_repr_whether_it_is_held(world):
    def body():
        lock = RLock()
        free = repr(lock)
        lock.acquire()
        return free.startswith("<unlocked"), repr(lock).startswith("<locked")

    assert world(body) == (True, True)


def test_locked_is_true_for_everybody_while_it_is_held(world):
    def body():
        lock, seen = RLock(), []
        if not hasattr(lock, "locked"):
            return "not in this version"
        with lock:
            seen.append(lock.locked())
            thread = threading.Thread(target=lambda: seen.append(lock.locked()))
            thread.start()
            thread.join()
        return [*seen, lock.locked()]

    assert world(body) == body()


def test_its_class_is_of_the_same_module(world):
    """Trio makes sure that its lock is the one of C, which signal handlers can use."""

    def body():
        return type(RLock()).__module__, type(threading.Lock()).__module__

    assert world(body) == ("_thread", "_thread")
