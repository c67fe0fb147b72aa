"""The mutex that owns its data, on real threads."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness import explore, twin
from harness.errors import HarnessError, UsageError
from harness.mutex import Guard, GuardReleasedError, Mutex, PoisonError

PATIENCE = 10.0  # seconds until a test that hangs fails instead


class Boom(Exception):
    """Be an exception that nobody else raises."""


def poison(mutex: Mutex[Any], exception: BaseException | None = None) -> None:
    """Let a block that holds `mutex` end with `exception`."""
    with pytest.raises(BaseException), mutex.lock():  # noqa: B017, PT011
        raise exception or Boom


@contextmanager
def held_elsewhere(mutex: Mutex[Any]) -> Iterator[None]:
    """Let another thread hold `mutex` until the block ends."""
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with mutex.lock():
            holds.set()
            assert may_end.wait(PATIENCE)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(PATIENCE)
    try:
        yield
    finally:
        may_end.set()
        thread.join(PATIENCE)


def is_free(mutex: Mutex[Any]) -> bool:
    """Say whether a lock would be given at once."""
    guard = mutex.try_lock()
    if guard is None:
        return False
    guard.release()
    return True


# Locking ---------------------------------------------------------------------------------------


def test_guard_reads_and_writes_the_value() -> None:
    mutex = Mutex(5)

    with mutex.lock() as guard:
        guard.value += 1

    assert mutex.into_inner() == 6


def test_lock_is_held_from_lock_to_the_end_of_the_block() -> None:
    mutex = Mutex(5)

    guard = mutex.lock()
    before = is_free(mutex)
    with guard:
        inside = is_free(mutex)

    assert (before, inside, is_free(mutex)) == (False, False, True)


def test_threads_lose_no_increment() -> None:
    mutex = Mutex(0)
    gate = threading.Barrier(4)

    def increment() -> None:
        gate.wait(PATIENCE)
        for _ in range(500):
            with mutex.lock() as guard:
                guard.value = guard.value + 1

    threads = [threading.Thread(target=increment) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert mutex.into_inner() == 2_000


def test_release_gives_the_lock_back_before_the_block_ends() -> None:
    mutex = Mutex(5)

    with mutex.lock() as guard:
        guard.release()
        free = is_free(mutex)

    assert free


def test_exception_after_release_does_not_poison() -> None:
    mutex = Mutex(5)

    def release_and_raise() -> None:
        with mutex.lock() as guard:
            guard.release()
            raise Boom

    with pytest.raises(Boom):
        release_and_raise()

    assert not mutex.is_poisoned


def test_guard_without_reference_gives_the_lock_back() -> None:
    mutex = Mutex(5)

    guard = mutex.lock()
    del guard
    gc.collect()

    assert is_free(mutex)


def test_forgotten_guard_of_an_ended_execution_stays_silent() -> None:
    lock = threading.Lock()
    guard = mutex_over(lock).lock()
    lock.release()  # as the control layer does with what an execution left held

    del guard
    gc.collect()  # an exception in __del__ would fail the test as a warning

    assert not lock.locked()


def mutex_over(lock: Any) -> Mutex[int]:
    """Return a mutex made while `threading.Lock` gives `lock`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "Lock", lambda: lock)
        return Mutex(5)


def test_value_cannot_be_reached_without_the_lock() -> None:
    mutex = Mutex(5)

    public = [name for name in dir(mutex) if not name.startswith("_")]

    assert public == ["clear_poison", "into_inner", "is_poisoned", "lock", "try_lock"]
    assert not hasattr(mutex, "__dict__")


def test_mutex_needs_a_value() -> None:
    with pytest.raises(TypeError, match="value"):
        Mutex()  # type: ignore[call-arg]


# Trying and timing out -------------------------------------------------------------------------


def test_try_lock_gives_a_guard_when_free() -> None:
    guard = Mutex(5).try_lock()

    assert guard is not None
    with guard:
        assert guard.value == 5


def test_try_lock_gives_none_when_held() -> None:
    mutex = Mutex(5)

    with held_elsewhere(mutex):
        assert mutex.try_lock() is None


def test_try_lock_gives_none_when_held_and_poisoned() -> None:
    mutex = Mutex(5)
    poison(mutex)
    with pytest.raises(PoisonError) as caught:
        mutex.lock()

    with caught.value.guard:
        assert mutex.try_lock() is None


def test_lock_with_timeout_gives_a_guard_when_free() -> None:
    with Mutex(5).lock(timeout=0) as guard:
        assert guard.value == 5


@pytest.mark.parametrize("timeout", [0, 0.01])
def test_lock_raises_when_time_runs_out(timeout: float) -> None:
    mutex = Mutex(5)

    with held_elsewhere(mutex), pytest.raises(TimeoutError, match=f"timeout={timeout}.*held"):
        mutex.lock(timeout=timeout)

    assert is_free(mutex)


def test_lock_waits_for_who_holds_it() -> None:
    mutex = Mutex("first")
    seen: list[str] = []
    guard = mutex.lock()

    def wait() -> None:
        with mutex.lock(timeout=PATIENCE) as mine:
            seen.append(mine.value)

    thread = threading.Thread(target=wait)
    thread.start()
    with guard:
        guard.value = "second"
    thread.join(PATIENCE)

    assert seen == ["second"]


@pytest.mark.parametrize("timeout", [-1, -0.5, float("nan"), float("inf"), True, "1", 1j])
def test_lock_refuses_a_timeout_that_is_no_time(timeout: Any) -> None:
    mutex = Mutex(5)

    with pytest.raises(UsageError) as caught:
        mutex.lock(timeout=timeout)

    assert f"timeout={timeout!r}. Give seconds from 0" in str(caught.value)
    assert is_free(mutex)


# Dead guards -----------------------------------------------------------------------------------


def read(guard: Guard[int]) -> None:
    _ = guard.value


def write(guard: Guard[int]) -> None:
    guard.value = 6


def release(guard: Guard[int]) -> None:
    guard.release()


def enter(guard: Guard[int]) -> None:
    with guard:
        pass


USES = {"value was read": read, "value was set": write, "release()": release, "entered": enter}


@pytest.mark.parametrize(("what", "use"), USES.items(), ids=[use.__name__ for use in USES.values()])
def test_guard_is_dead_after_its_block(what: str, use: Callable[[Guard[int]], None]) -> None:
    mutex = Mutex(5)
    with mutex.lock() as guard:
        pass

    with pytest.raises(GuardReleasedError) as caught:
        use(guard)

    assert what in str(caught.value)
    assert "call lock() again" in str(caught.value)
    assert mutex.into_inner() == 5


@pytest.mark.parametrize("use", USES.values(), ids=[use.__name__ for use in USES.values()])
def test_guard_is_dead_after_release(use: Callable[[Guard[int]], None]) -> None:
    guard = Mutex(5).lock()
    guard.release()

    with pytest.raises(GuardReleasedError, match="gave its lock back"):
        use(guard)


def test_dead_guard_does_not_disturb_the_next_one() -> None:
    mutex = Mutex(5)
    with mutex.lock() as dead:
        pass

    with mutex.lock():
        with pytest.raises(GuardReleasedError):
            dead.release()
        assert not is_free(mutex)


def test_guard_released_error_is_a_runtime_error_of_the_harness() -> None:
    assert issubclass(GuardReleasedError, HarnessError)
    assert issubclass(GuardReleasedError, RuntimeError)


def test_guard_refuses_a_block_in_its_block() -> None:
    mutex = Mutex(5)

    with mutex.lock() as guard:
        with pytest.raises(UsageError, match="already in a `with` block"):
            guard.__enter__()
        assert guard.value == 5


# Poison ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("exception", [Boom(), KeyboardInterrupt(), SystemExit(), GeneratorExit()])
def test_exception_in_the_block_poisons(exception: BaseException) -> None:
    mutex = Mutex(5)

    poison(mutex, exception)

    assert mutex.is_poisoned
    with pytest.raises(PoisonError, match=type(exception).__name__):
        mutex.lock()


def test_exception_passes_the_block_unchanged() -> None:
    exception = Boom()

    with pytest.raises(Boom) as caught, Mutex(5).lock():
        raise exception

    assert exception is caught.value
    assert getattr(exception, "__notes__", []) == []


def test_generator_that_is_closed_in_the_block_poisons() -> None:
    mutex = Mutex(5)

    def numbers() -> Iterator[int]:
        with mutex.lock() as guard:
            yield guard.value

    iterator = numbers()
    next(iterator)
    iterator.close()  # type: ignore[attr-defined]

    assert mutex.is_poisoned


def test_block_that_ends_well_does_not_poison() -> None:
    mutex = Mutex(5)

    with mutex.lock():
        pass

    assert not mutex.is_poisoned


def test_poison_error_says_what_ended_the_block_and_where() -> None:
    mutex = Mutex(5)
    poison(mutex)

    with pytest.raises(PoisonError) as caught:
        mutex.lock()

    line = poison.__code__.co_firstlineno + 3
    assert f"ended with Boom at {__file__}:{line}. Put" in str(caught.value)
    assert "clear_poison()" in str(caught.value)


def test_poison_error_holds_no_lock() -> None:
    mutex = Mutex(5)
    poison(mutex)

    with pytest.raises(PoisonError) as caught:
        mutex.lock()

    with caught.value.guard:
        pass  # a lock that was still held would hang here


@pytest.mark.parametrize("ask", [Mutex.lock, Mutex.try_lock, Mutex.into_inner])
def test_poison_is_reported_however_one_asks(ask: Callable[[Mutex[int]], object]) -> None:
    mutex = Mutex(5)
    poison(mutex)

    for _ in range(2):
        with pytest.raises(PoisonError, match="is poisoned"):
            ask(mutex)


def test_guard_of_poison_error_reaches_the_value_under_the_lock() -> None:
    mutex = Mutex(5)
    poison(mutex)

    with pytest.raises(PoisonError) as caught:
        mutex.lock()
    with caught.value.guard as guard:
        guard.value = 0
        inside = mutex.try_lock()
        mutex.clear_poison()

    assert inside is None
    assert mutex.into_inner() == 0


def test_recovered_mutex_stays_poisoned_until_cleared() -> None:
    mutex = Mutex(5)
    poison(mutex)

    with pytest.raises(PoisonError) as caught:
        mutex.lock()
    with caught.value.guard:
        pass

    assert mutex.is_poisoned
    mutex.clear_poison()
    assert not mutex.is_poisoned
    assert is_free(mutex)


@pytest.mark.parametrize("use", [read, write, release])
def test_guard_of_poison_error_is_of_no_use_before_it_is_entered(
    use: Callable[[Guard[int]], None],
) -> None:
    mutex = Mutex(5)
    poison(mutex)
    with pytest.raises(PoisonError) as caught:
        mutex.lock()

    with pytest.raises(GuardReleasedError, match=r"`with error\.guard as guard:`"):
        use(caught.value.guard)


def test_guard_of_poison_error_is_dead_after_its_block() -> None:
    mutex = Mutex(5)
    poison(mutex)
    with pytest.raises(PoisonError) as caught:
        mutex.lock()
    with caught.value.guard as guard:
        pass

    with pytest.raises(GuardReleasedError, match="was entered after"), guard:
        pass


def test_poison_from_another_thread_is_seen() -> None:
    mutex = Mutex(5)
    thread = threading.Thread(target=poison, args=(mutex,))
    thread.start()
    thread.join(PATIENCE)

    with pytest.raises(PoisonError):
        mutex.lock()


# Taking the value out --------------------------------------------------------------------------


def test_into_inner_gives_the_object_itself() -> None:
    value = [1]

    assert value is Mutex(value).into_inner()


@pytest.mark.parametrize("ask", [Mutex.lock, Mutex.try_lock, Mutex.into_inner])
def test_mutex_is_empty_after_into_inner(ask: Callable[[Mutex[int]], object]) -> None:
    mutex = Mutex(5)
    mutex.into_inner()

    for _ in range(2):
        with pytest.raises(UsageError, match=r"into_inner\(\) took it"):
            ask(mutex)


def test_into_inner_refuses_while_a_guard_lives() -> None:
    mutex = Mutex(5)

    with mutex.lock() as guard:
        with pytest.raises(UsageError, match="a guard holds the lock"):
            mutex.into_inner()
        assert guard.value == 5

    assert mutex.into_inner() == 5


def test_guard_of_poison_error_finds_the_mutex_empty() -> None:
    mutex = Mutex(5)
    poison(mutex)
    with pytest.raises(PoisonError) as caught:
        mutex.lock()
    mutex.clear_poison()
    mutex.into_inner()

    with pytest.raises(UsageError, match=r"into_inner\(\) took it"), caught.value.guard:
        pass


# Showing ---------------------------------------------------------------------------------------


def test_repr_shows_the_value_when_free() -> None:
    assert repr(Mutex("a")) == "Mutex('a')"


def test_repr_does_not_wait_when_held() -> None:
    mutex = Mutex(5)

    with mutex.lock() as guard:
        assert (repr(mutex), repr(guard)) == ("Mutex(<locked>)", "Guard(5)")

    assert (repr(mutex), repr(guard)) == ("Mutex(5)", "Guard(<released>)")


def test_repr_shows_the_poison() -> None:
    mutex = Mutex(5)
    poison(mutex)

    with pytest.raises(PoisonError) as caught:
        mutex.lock()
    guard = caught.value.guard

    assert (repr(mutex), repr(guard)) == ("Mutex(5, poisoned)", "Guard(<not locked>)")
    with guard:
        assert repr(mutex) == "Mutex(<locked>, poisoned)"


def test_repr_shows_that_the_value_was_taken() -> None:
    mutex = Mutex(5)
    mutex.into_inner()

    assert repr(mutex) == "Mutex(<consumed>)"


def test_repr_gives_the_lock_back_when_the_value_has_no_repr() -> None:
    class Mute:
        def __repr__(self) -> str:
            raise Boom

    mutex = Mutex(Mute())

    with pytest.raises(Boom):
        repr(mutex)
    assert is_free(mutex)


# Control ---------------------------------------------------------------------------------------


def test_mutex_made_under_control_uses_the_lock_of_the_moment() -> None:
    lock = threading.Lock()

    with mutex_over(lock).lock():
        assert lock.locked()

    assert not lock.locked()


def test_mutex_made_before_control_uses_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    mutex = Mutex(5)
    standing_in = threading.Lock()
    monkeypatch.setattr(twin, "find_twin", lambda _: standing_in)

    with mutex.lock():
        held = standing_in.locked()
        monkeypatch.setattr(twin, "find_twin", None)

        assert held
        assert is_free(mutex)  # the real lock was never touched

    assert not standing_in.locked()  # what was taken is what is given back


def test_other_threads_share_the_real_lock_while_the_main_one_explores() -> None:
    mutex = Mutex(0)
    ends = threading.Event()
    made = [0, 0]

    def count(number: int) -> None:
        while not ends.is_set():
            with mutex.lock() as guard:
                value = guard.value
                time.sleep(0)  # the other one gets the GIL here
                guard.value = value + 1
            made[number] += 1

    threads = [threading.Thread(target=count, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        explore(lambda: None)
    ends.set()
    for thread in threads:
        thread.join()

    assert mutex.into_inner() == sum(made)
