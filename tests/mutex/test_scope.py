"""Scoped threads, on real threads."""

from __future__ import annotations

import threading
from typing import Any, NoReturn

import pytest

from harness.errors import UsageError
from harness.scoped_threads import ScopedThread, scope

PATIENCE = 10.0  # seconds until a test that hangs fails instead


class Boom(Exception):
    """Be an exception that nobody else raises."""


class Bang(Exception):
    """Be another one."""


def fail(exception: BaseException) -> NoReturn:
    """Raise `exception`."""
    raise exception


def add(a: int, b: int = 0) -> int:
    """Return the sum."""
    return a + b


# Joining ---------------------------------------------------------------------------------------


def test_join_gives_the_result() -> None:
    with scope() as s:
        handle = s.spawn(add, 1, b=2)

        assert handle.join() == 3


def test_result_is_there_after_the_block() -> None:
    with scope() as s:
        handle = s.spawn(add, 1)

    assert (handle.join(), handle.join()) == (1, 1)


def test_every_thread_has_ended_after_the_block() -> None:
    may_end = threading.Event()
    ended: list[int] = []

    def wait(number: int) -> None:
        assert may_end.wait(PATIENCE)
        ended.append(number)

    with scope() as s:
        for number in range(3):
            s.spawn(wait, number)
        assert ended == []
        may_end.set()

    assert sorted(ended) == [0, 1, 2]


def test_every_keyword_goes_to_the_function() -> None:
    def take(**kwargs: Any) -> dict[str, Any]:
        return kwargs

    with scope() as s:
        handle = s.spawn(take, self=1, function=2, name=3, args=4, daemon=5)

    assert handle.join() == {"self": 1, "function": 2, "name": 3, "args": 4, "daemon": 5}


def test_thread_is_named_after_the_function() -> None:
    def tell() -> str:
        return threading.current_thread().name

    with scope() as s:
        names = [s.spawn(tell).join(), s.spawn(tell).join()]
        handle = s.spawn(tell)

    assert names == ["scoped thread 1 (tell)", "scoped thread 2 (tell)"]
    assert repr(handle) == "ScopedThread('scoped thread 3 (tell)')"


def test_empty_scope_does_nothing() -> None:
    with scope():
        pass


# Exceptions of threads -------------------------------------------------------------------------


def test_exceptions_come_back_in_spawn_order() -> None:
    second_failed = threading.Event()
    first, second = Boom(), Bang()

    def fail_late() -> NoReturn:
        assert second_failed.wait(PATIENCE)
        raise first

    def fail_early() -> NoReturn:
        second_failed.set()
        raise second

    def block() -> None:
        with scope() as s:
            s.spawn(fail_late)
            s.spawn(fail_early)
            s.spawn(add, 1)

    with pytest.raises(ExceptionGroup) as caught:
        block()

    assert (first, second) == caught.value.exceptions
    assert caught.value.message == "2 of 3 scoped threads failed: Boom, Bang"


def test_traceback_begins_in_the_function() -> None:
    boom = Boom()

    with pytest.raises(ExceptionGroup), scope() as s:
        s.spawn(fail, boom)

    assert boom.__traceback__ is not None
    assert "fail" in traceback_names(boom)
    assert "_run" not in traceback_names(boom)


def traceback_names(exception: BaseException) -> list[str]:
    """Return the functions in the exception's traceback, outermost first."""
    names = []
    traceback = exception.__traceback__
    while traceback is not None:
        names.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    return names


def test_join_raises_what_the_thread_raised() -> None:
    boom = Boom()

    with scope() as s:
        handle = s.spawn(fail, boom)
        for _ in range(2):
            with pytest.raises(Boom) as caught:
                handle.join()
            assert boom is caught.value


def test_joined_exception_is_not_in_the_group() -> None:
    bang = Bang()

    def block() -> None:
        with scope() as s:
            handle = s.spawn(fail, Boom())
            s.spawn(fail, bang)
            with pytest.raises(Boom):
                handle.join()

    with pytest.raises(ExceptionGroup) as caught:
        block()

    assert (bang,) == caught.value.exceptions


def test_exception_that_a_sibling_joined_is_the_siblings() -> None:
    boom = Boom()
    in_block_end = threading.Event()

    def fail_late() -> NoReturn:
        assert in_block_end.wait(PATIENCE)
        raise boom

    def join(handle: ScopedThread[Any]) -> None:
        in_block_end.set()
        handle.join()

    with pytest.raises(ExceptionGroup) as caught, scope() as s:
        s.spawn(join, s.spawn(fail_late))

    assert (boom,) == caught.value.exceptions
    assert caught.value.message == "1 of 2 scoped threads failed: Boom"


def test_wrong_arguments_are_the_threads_exception() -> None:
    with pytest.raises(ExceptionGroup) as caught, scope() as s:
        s.spawn(add)  # type: ignore[call-arg]

    assert TypeError is type(caught.value.exceptions[0])


def test_system_exit_ends_a_thread_silently() -> None:
    with scope() as s:
        handle = s.spawn(fail, SystemExit(3))

    with pytest.raises(SystemExit):
        handle.join()


def test_keyboard_interrupt_of_a_thread_makes_a_base_group() -> None:
    interrupt = KeyboardInterrupt()

    with pytest.raises(BaseExceptionGroup) as caught, scope() as s:
        s.spawn(fail, interrupt)

    assert not isinstance(caught.value, ExceptionGroup)
    assert (interrupt,) == caught.value.exceptions


# Exceptions of the block -----------------------------------------------------------------------


def test_exception_of_the_block_alone_passes_as_it_is() -> None:
    boom = Boom()

    def block() -> None:
        with scope() as s:
            s.spawn(add, 1)
            raise boom

    with pytest.raises(Boom) as caught:
        block()

    assert boom is caught.value


def test_exception_of_the_block_comes_first() -> None:
    boom, bang = Boom(), Bang()

    def block() -> None:
        with scope() as s:
            s.spawn(fail, bang)
            raise boom

    with pytest.raises(ExceptionGroup) as caught:
        block()

    assert (boom, bang) == caught.value.exceptions
    assert caught.value.message == "the block and 1 of 1 scoped threads failed: Bang"


def test_joined_exception_that_ends_the_block_comes_once() -> None:
    boom = Boom()

    with pytest.raises(Boom) as caught, scope() as s:
        s.spawn(fail, boom).join()

    assert boom is caught.value


@pytest.mark.parametrize("exception", [Boom(), KeyboardInterrupt(), SystemExit()], ids=repr)
def test_threads_are_joined_when_the_block_raises(exception: BaseException) -> None:
    may_end = threading.Event()
    ended: list[bool] = []

    def wait() -> None:
        ended.append(may_end.wait(PATIENCE))

    def block() -> None:
        with scope() as s:
            s.spawn(wait)
            may_end.set()
            raise exception

    with pytest.raises(type(exception)):
        block()

    assert ended == [True]


def test_keyboard_interrupt_passes_with_a_note_of_the_threads() -> None:
    interrupt = KeyboardInterrupt()

    def block() -> None:
        with scope() as s:
            s.spawn(fail, Boom())
            raise interrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        block()

    assert interrupt is caught.value
    assert interrupt.__notes__ == ["1 of 1 scoped threads failed: Boom"]


# Spawning --------------------------------------------------------------------------------------


def test_scope_waits_for_threads_that_its_threads_spawned() -> None:
    ended: list[int] = []
    block_ended = threading.Event()

    with scope() as s:

        def spawn(depth: int) -> None:
            assert block_ended.wait(PATIENCE)
            if depth:
                s.spawn(spawn, depth - 1)
            ended.append(depth)

        s.spawn(spawn, 3)
        block_ended.set()

    assert sorted(ended) == [0, 1, 2, 3]


def test_scopes_nest() -> None:
    boom = Boom()

    def inner() -> int:
        with scope() as s:
            handles = [s.spawn(add, number, 1) for number in range(3)]
        with pytest.raises(ExceptionGroup), scope() as s:
            s.spawn(fail, boom)
        return sum(handle.join() for handle in handles)

    with scope() as s:
        handle = s.spawn(inner)

    assert handle.join() == 6


def test_groups_of_nested_scopes_nest() -> None:
    boom = Boom()

    def inner() -> None:
        with scope() as s:
            s.spawn(fail, boom)

    with pytest.raises(ExceptionGroup) as caught, scope() as s:
        s.spawn(inner)

    (group,) = caught.value.exceptions
    assert isinstance(group, ExceptionGroup)
    assert (boom,) == group.exceptions


def test_spawn_refuses_after_the_block() -> None:
    with scope() as s:
        pass

    with pytest.raises(UsageError, match=r"spawn\(add\) .* after its block ended"):
        s.spawn(add, 1)


def test_spawn_refuses_after_a_block_that_raised() -> None:
    with pytest.raises(Boom), scope() as s:
        raise Boom

    with pytest.raises(UsageError, match="after its block ended"):
        s.spawn(add, 1)


def test_spawn_refuses_before_the_block() -> None:
    with pytest.raises(UsageError, match=r"before its block began\. Call it inside `with scope"):
        scope().spawn(add, 1)


def test_spawn_refuses_what_cannot_be_called() -> None:
    with scope() as s, pytest.raises(UsageError, match=r"spawn got 3, .* spawn\(f, 1\)"):
        s.spawn(add(1, 2))  # type: ignore[arg-type]


def test_scope_refuses_a_second_block() -> None:
    with scope() as s:
        pass

    with pytest.raises(UsageError, match="entered before"), s:
        pass


def test_block_ends_when_the_system_refuses_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> NoReturn:
        raise RuntimeError("can't start new thread")

    def block() -> None:
        with scope() as s:
            s.spawn(add, 1)
            monkeypatch.setattr(threading.Thread, "start", refuse)
            s.spawn(add, 2)

    with pytest.raises(RuntimeError, match="can't start new thread"):
        block()
