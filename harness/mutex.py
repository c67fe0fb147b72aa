"""A mutex that owns its data, so that nobody can forget to lock it: Rust's `Mutex<T>` in Python."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, TypeVar

from harness.errors import HarnessError, UsageError
from harness.twin import controlled_twin

T = TypeVar("T")

_FOREVER = -1.0  # what `threading.Lock.acquire` takes for no limit


class GuardReleasedError(HarnessError, RuntimeError):
    """Report the use of a guard that does not hold the lock: after its block, or before it."""


class PoisonError(HarnessError):
    """Report that a block which held the mutex ended with an exception, so its value may be broken.

    Nothing is locked when this is raised. `with error.guard as guard:` takes the lock, waiting for
    it as `lock()` does, and gives access all the same. The mutex stays poisoned until
    `clear_poison()`.

    Args:
        message: what happened, where, and what to do.
        guard: the way to the value; it takes the lock when it is entered.

    Source: https://doc.rust-lang.org/std/sync/struct.PoisonError.html, where the error holds the
    lock until it is dropped. Python does not say when an exception is dropped, so this one
    holds nothing.
    """

    def __init__(self, message: str, guard: Guard[Any]) -> None:
        super().__init__(message)
        self.guard = guard


class _Shared(Generic[T]):
    """Be what a mutex and its guards have in common.

    Invariant: who holds `lock` alone touches `value` and `consumed`, and alone sets `poison`;
    reading and clearing `poison` needs no lock.
    """

    __slots__ = ("consumed", "lock", "poison", "value")

    def __init__(self, value: T) -> None:
        self.lock = threading.Lock()
        self.value = value
        self.poison: str | None = None  # what ended a block and where, None while all is well
        self.consumed = False  # once True, it stays so

    def take(self, *, blocking: bool = True, timeout: float = _FOREVER) -> threading.Lock | None:
        """Return the lock, held, or None when it is not to be had in time.

        Raises:
            UsageError: when `into_inner` has taken the value away.
        """
        lock = controlled_twin(self.lock)
        if not lock.acquire(blocking, timeout):
            return None
        if self.consumed:
            lock.release()
            raise UsageError(
                "This Mutex no longer owns a value: into_inner() took it. "
                "Use what into_inner() returned, or make a new Mutex of it."
            )
        return lock

    def refuse_poison(self, lock: threading.Lock) -> None:
        """Give `lock` back and raise when the mutex is poisoned."""
        poison = self.poison
        if poison is not None:
            lock.release()
            raise PoisonError(
                f"This Mutex is poisoned: a block that held it ended with {poison}. Put the value "
                "right in `with error.guard as guard:`, then call clear_poison().",
                Guard(self, None),
            )


class Guard(Generic[T]):
    """Be the way to a mutex's value while the lock is held; `Mutex.lock` makes it.

        WAITING ──with──▶ HELD ──end of the block, release(), no reference left──▶ RELEASED

    The guard of a `PoisonError` starts as WAITING, every other one as HELD.

    A `with` block is the way to use it: only a block notices an exception and poisons the mutex.
    A guard to which no reference is left gives the lock back, as in Rust; a traceback is such a
    reference, so without a block the lock can stay held for as long as an exception is looked at.
    What `value` returns is an ordinary object: who keeps a reference to it beyond the block has
    left the mutex's protection.
    """

    __slots__ = ("__entered", "__lock", "__released", "__shared")

    def __init__(self, shared: _Shared[T], lock: threading.Lock | None) -> None:
        self.__lock = lock  # None unless HELD
        self.__shared = shared
        self.__entered = False  # a `with` block was begun, once True it stays so
        self.__released = False  # RELEASED

    @property
    def value(self) -> T:
        """Return the value that the mutex owns.

        Raises:
            GuardReleasedError: when the guard does not hold the lock.
        """
        self.__require("value was read")
        return self.__shared.value

    @value.setter
    def value(self, value: T) -> None:
        self.__require("value was set")
        self.__shared.value = value

    def release(self) -> None:
        """Give the lock back now; the guard is dead afterwards.

        Raises:
            GuardReleasedError: when the guard does not hold the lock.
        """
        self.__require("release() was called")
        self.__give_back()

    def __enter__(self) -> Guard[T]:
        if self.__released:
            self.__require("was entered")
        if self.__entered:
            raise UsageError(
                "This Guard is already in a `with` block, whose end gives the lock back. "
                "Use the guard in that block as it is."
            )
        if self.__lock is None:
            self.__lock = self.__shared.take()
        self.__entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.__lock is None:  # release() came first, as `drop(guard)` may in Rust
            return
        if kind is not None:
            self.__shared.poison = _describe(kind, traceback)
        self.__give_back()

    def __del__(self) -> None:
        # What the lock raises when its execution is over, or being ended, nobody could catch here.
        with suppress(BaseException):
            if self.__lock is not None:
                self.__give_back()

    def __repr__(self) -> str:
        if self.__lock is not None:
            return f"Guard({self.__shared.value!r})"
        return "Guard(<released>)" if self.__released else "Guard(<not locked>)"

    def __give_back(self) -> None:
        lock = self.__lock
        assert lock is not None
        self.__lock = None
        self.__released = True
        lock.release()

    def __require(self, what: str) -> None:
        if self.__lock is not None:
            return
        if self.__released:
            raise GuardReleasedError(
                f"Guard {what} after the guard gave its lock back. Do it inside the `with` block, "
                "or call lock() again for a new guard."
            )
        raise GuardReleasedError(
            f"Guard {what} while the guard holds no lock: PoisonError gave it back. "
            "Enter it first: `with error.guard as guard:`."
        )


class Mutex(Generic[T]):
    """Own a value that can be reached only while the lock is held.

    `with mutex.lock() as guard: guard.value += 1` is all there is to know. The lock is a plain
    `threading.Lock`: a thread that locks again what it holds waits for ever, as in Rust; under the
    harness's control that is a reported deadlock. Any exception that leaves the block poisons the
    mutex, `KeyboardInterrupt` and `GeneratorExit` too.

    Args:
        value: what the mutex owns from now on; keep no other reference to it.

    Source: https://doc.rust-lang.org/std/sync/struct.Mutex.html
    """

    __slots__ = ("__shared", "__weakref__")

    def __init__(self, value: T) -> None:
        self.__shared = _Shared(value)

    def lock(self, *, timeout: float | None = None) -> Guard[T]:
        """Wait for the lock and return the guard that holds it.

        Args:
            timeout: how long to wait, in seconds; `None` waits for ever.

        Raises:
            PoisonError: when a block that held the mutex ended with an exception.
            TimeoutError: when the time ran out.
            UsageError: for a timeout that is no such number, and after `into_inner`.
        """
        seconds = _FOREVER if timeout is None else _check_timeout(timeout)
        lock = self.__shared.take(timeout=seconds)
        if lock is None:
            raise TimeoutError(
                f"Mutex.lock(timeout={timeout!r}) waited {timeout!r} seconds and the mutex is "
                "still held. Release the other guard earlier, or wait longer."
            )
        self.__shared.refuse_poison(lock)
        return Guard(self.__shared, lock)

    def try_lock(self) -> Guard[T] | None:
        """Return the guard that holds the lock, or None when the lock is held; never wait.

        Raises:
            PoisonError: when the lock is free and the mutex poisoned.
            UsageError: after `into_inner`.
        """
        lock = self.__shared.take(blocking=False)
        if lock is None:
            return None
        self.__shared.refuse_poison(lock)
        return Guard(self.__shared, lock)

    def into_inner(self) -> T:
        """Return the value and let the mutex own it no longer: every later use of its lock fails.

        Raises:
            PoisonError: when a block ended with an exception; the mutex still owns the value then.
            UsageError: while a guard holds the lock, which Rust refuses to compile, and when it
                was called before.
        """
        shared = self.__shared
        lock = shared.take(blocking=False)
        if lock is None:
            raise UsageError(
                "Mutex.into_inner() was called while a guard holds the lock: the mutex cannot give "
                "away what is borrowed. Release the guard and join the threads that lock it first."
            )
        shared.refuse_poison(lock)
        value = shared.value
        del shared.value
        shared.consumed = True
        lock.release()
        return value

    @property
    def is_poisoned(self) -> bool:
        """Say whether a block that held the mutex ended with an exception; never wait."""
        return self.__shared.poison is not None

    def clear_poison(self) -> None:
        """Declare the value sound again; call it with the lock held by `PoisonError.guard`."""
        self.__shared.poison = None

    def __repr__(self) -> str:
        shared = self.__shared
        poisoned = ", poisoned" if shared.poison is not None else ""
        try:
            lock = shared.take(blocking=False)
        except UsageError:
            return "Mutex(<consumed>)"
        if lock is None:
            return f"Mutex(<locked>{poisoned})"
        try:
            return f"Mutex({shared.value!r}{poisoned})"
        finally:
            lock.release()


def _check_timeout(timeout: float) -> float:
    if (
        isinstance(timeout, bool)
        or not isinstance(timeout, int | float)
        or not 0 <= timeout <= threading.TIMEOUT_MAX
    ):
        raise UsageError(
            f"Mutex.lock got timeout={timeout!r}. Give seconds from 0 to "
            f"{threading.TIMEOUT_MAX:.0f}, or None to wait for ever."
        )
    return timeout


def _describe(kind: type[BaseException], traceback: TracebackType | None) -> str:
    # The type and the line, not the message: it can hold an address, and differ in each execution.
    if traceback is None:
        return kind.__qualname__
    return f"{kind.__qualname__} at {traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}"
