"""Types that a user sees: mypy checks this file, nobody runs it."""

from __future__ import annotations

from typing import assert_type

from harness.counters import CANDIDATES, Counter, MutexCounter, count
from harness.mutex import Guard, Mutex, PoisonError
from harness.scoped_threads import Scope, ScopedThread, scope


def mutex_knows_what_it_owns() -> None:
    assert_type(Mutex(5), Mutex[int])
    assert_type(Mutex({"a": 1}), Mutex[dict[str, int]])
    mutex = Mutex[int | None](None)
    assert_type(mutex.into_inner(), int | None)
    assert_type(mutex.is_poisoned, bool)


def guard_gives_and_takes_the_value() -> None:
    mutex = Mutex(5)
    assert_type(mutex.lock(), Guard[int])
    assert_type(mutex.lock(timeout=1), Guard[int])
    assert_type(mutex.try_lock(), Guard[int] | None)
    with mutex.lock() as guard:
        assert_type(guard, Guard[int])
        assert_type(guard.value, int)
        guard.value += 1
        guard.value = "5"  # type: ignore[assignment]


def mutex_shows_nothing_without_the_lock() -> None:
    mutex = Mutex(5)
    mutex.value  # type: ignore[attr-defined]  # noqa: B018
    with mutex:  # type: ignore[attr-defined]
        pass
    Mutex()  # type: ignore[call-arg]
    mutex.lock(timeout="1")  # type: ignore[arg-type]


def poison_error_leads_to_the_guard(mutex: Mutex[int]) -> None:
    try:
        mutex.lock().release()
    except PoisonError as error:
        with error.guard as guard:
            guard.value = 0


def spawn_keeps_the_signature() -> None:
    def work(number: int, *, text: str) -> float:
        return number + len(text)

    with scope() as s:
        assert_type(s, Scope)
        handle = s.spawn(work, 1, text="a")
        assert_type(handle, ScopedThread[float])
        assert_type(handle.join(), float)
        s.spawn(work, "1", text="a")  # type: ignore[arg-type]
        s.spawn(work, 1)  # type: ignore[call-arg]
        s.spawn(work(1, text="a"))  # type: ignore[arg-type]


def candidates_are_counters() -> None:
    for candidate in CANDIDATES:
        assert_type(candidate, type[Counter])
        assert_type(count(candidate, 2, 1), int)
    assert_type(MutexCounter().value, int)
