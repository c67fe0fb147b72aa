"""Threads that cannot outlive the block that started them: Rust's `thread::scope` in Python."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar

from harness.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")


class ScopedThread(Generic[R]):
    """Be the handle of one thread of a scope; `Scope.spawn` makes it."""

    __slots__ = ("_call", "_exception", "_joined", "_result", "_thread")

    def __init__(self, call: Callable[[], R], name: str) -> None:
        self._call = call
        self._result: R
        self._exception: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name)
        self._joined = False  # join() gave somebody the result or the exception

    def join(self) -> R:
        """Wait for the thread's end and return its result, or raise its exception.

        The exception is handled then: it is not in the group that the scope raises. Joining again
        gives the same again.
        """
        self._thread.join()
        self._joined = True
        if self._exception is not None:
            raise self._exception
        return self._result

    def __repr__(self) -> str:
        return f"ScopedThread({self._thread.name!r})"

    def _run(self) -> None:
        try:
            self._result = self._call()
        except BaseException as exception:  # every kind is carried to who joins
            traceback = exception.__traceback__
            # Without this frame, which would keep the handle alive, and the reader starts at home.
            self._exception = exception.with_traceback(traceback and traceback.tb_next)

    def _start(self) -> None:
        self._thread.start()

    def _wait(self) -> None:
        if self._thread.ident is not None:  # else the system refused to start it
            self._thread.join()

    def _unhandled(self) -> BaseException | None:
        if self._joined or isinstance(self._exception, SystemExit):
            return None
        return self._exception


class Scope:
    """Own the threads that a block starts, and join them all at its end; `scope` makes it."""

    __slots__ = ("_ended", "_entered", "_threads")

    def __init__(self) -> None:
        self._threads: list[ScopedThread[Any]] = []  # in spawn order, only ever appended to
        self._entered = False  # once True, it stays so
        self._ended = False  # every thread was joined; implies _entered

    def spawn(
        self,
        function: Callable[P, R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> ScopedThread[R]:
        """Start a thread that calls `function(*args, **kwargs)`, and return its handle.

        The block may call it, and so may the scope's own threads.

        Args:
            function: what the thread calls.
            args: its positional arguments.
            kwargs: its keyword arguments, all of them: none is kept for the thread itself.

        Raises:
            UsageError: outside the block, and when `function` cannot be called.
        """
        if not callable(function):
            raise UsageError(
                f"spawn got {function!r}, which cannot be called. "
                "Give the function itself and then its arguments: spawn(f, 1), not spawn(f(1))."
            )
        name = getattr(function, "__name__", type(function).__name__)
        if not self._entered or self._ended:
            when = "after its block ended" if self._ended else "before its block began"
            raise UsageError(
                f"spawn({name}) was called on a scope {when}. Call it inside `with scope() as s:`."
            )

        def call() -> R:
            return function(*args, **kwargs)

        thread = ScopedThread(call, f"scoped thread {len(self._threads) + 1} ({name})")
        # No lock is needed: a thread stands in the list before those that it spawns, so the end of
        # the block has waited for it before it comes to them, and they are started by then.
        self._threads.append(thread)
        thread._start()
        return thread

    def __enter__(self) -> Scope:
        if self._entered:
            raise UsageError("This scope was entered before. Make another one with scope().")
        self._entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            for thread in self._threads:  # it may grow meanwhile; a list's iterator sees that
                thread._wait()
        finally:
            self._ended = True
        # Only now: until the last thread has ended it may join another one, and so handle it.
        failures = [
            failure for thread in self._threads if (failure := thread._unhandled()) is not None
        ]
        if not failures:
            return
        kinds = ", ".join(type(failure).__qualname__ for failure in failures)
        message = f"{len(failures)} of {len(self._threads)} scoped threads failed: {kinds}"
        if exception is None:
            raise BaseExceptionGroup(message, failures) from None
        if isinstance(exception, Exception):
            raise BaseExceptionGroup(f"the block and {message}", [exception, *failures]) from None
        exception.add_note(message)


def scope() -> Scope:
    """Return a scope: every thread that is spawned in its `with` block is joined at the end.

    Exceptions of threads that nobody joined come back as one `ExceptionGroup`, in spawn order,
    after all threads have ended; the block's own exception comes first in it. If only the block
    raised, its exception passes as it is; one like `KeyboardInterrupt` always does, once the
    threads have ended. `SystemExit` ends a thread silently, as in `threading`.

    Source: https://doc.rust-lang.org/std/thread/fn.scope.html
    """
    return Scope()
