"""Context variables, and `asyncio`'s idea of the running loop, in a new thread."""

import contextvars
import threading
from threading import Lock, Thread

from harness import run

VARIABLE = contextvars.ContextVar("VARIABLE", default="default")


def test_new_thread_has_the_context_that_this_version_gives_it(world):
    def body():
        token, seen = VARIABLE.set("body"), []
        thread = Thread(target=lambda: seen.append(VARIABLE.get()))
        VARIABLE.set("changed before the start")
        thread.start()
        VARIABLE.set("changed after the start")
        thread.join()
        VARIABLE.reset(token)
        return seen, VARIABLE.get()

    assert world(body) == body()


def test_what_a_thread_sets_stays_in_it(world):
    def body():
        lock, seen = Lock(), []

        def work(number):
            VARIABLE.set(number)
            with lock:
                seen.append(VARIABLE.get() == number)

        threads = [Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return seen, VARIABLE.get()

    assert world(body) == ([True] * 3, "default")


def test_context_run_works_across_switches(world):
    def body():
        lock, seen = Lock(), []

        def work(number):
            context = contextvars.copy_context()
            context.run(VARIABLE.set, number)
            with lock:
                seen.append(context.run(VARIABLE.get) == number)
            seen.append(VARIABLE.get())

        threads = [Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(seen, key=str)

    assert world(body) == [True, True, "default", "default"]


def test_thread_takes_a_context_where_the_original_does(world):
    def body():
        context, seen = contextvars.copy_context(), []
        context.run(VARIABLE.set, "given")
        try:
            thread = Thread(target=lambda: seen.append(VARIABLE.get()), context=context)
        except TypeError:
            return "not in this version"
        thread.start()
        thread.join()
        return seen, VARIABLE.get()

    assert world(body) == body()


def test_what_the_body_sets_is_gone_in_the_next_execution_and_outside():
    def body():
        before = VARIABLE.get()
        VARIABLE.set("body")
        thread = threading.Thread(target=VARIABLE.set, args=("thread",))
        thread.start()
        thread.join()
        return before, VARIABLE.get()

    assert [run(body).result() for _ in range(2)] == [("default", "body")] * 2
    assert VARIABLE.get() == "default"


def test_body_sees_the_context_of_its_caller():
    token = VARIABLE.set("caller")
    try:
        assert run(VARIABLE.get).result() == "caller"
    finally:
        VARIABLE.reset(token)
