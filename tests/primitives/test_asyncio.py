"""Event loops of asyncio in threads: they wait in virtual time and are woken by other threads."""

import asyncio
import gc
import threading
from threading import Event, Thread

import pytest

from harness import Deadlocked, Returned, explore, run
from harness.control.environment import garbage


def test_loop_in_a_thread_runs(world):
    def body():
        async def main():
            await asyncio.sleep(0)
            return asyncio.get_running_loop() is not None

        got = []
        thread = Thread(target=lambda: got.append(asyncio.run(main())))
        thread.start()
        thread.join()
        return got

    assert world(body) == [True]


def test_two_loops_at_a_time_do_not_meet(world):
    def body():
        got = {}

        async def main(name):
            loop = asyncio.get_running_loop()
            for _ in range(2):
                await asyncio.sleep(0.001)
                assert asyncio.get_running_loop() is loop
                assert asyncio.current_task().get_name() == name
            got[name] = len(asyncio.all_tasks())

        def work(name):
            async def named():
                await asyncio.create_task(main(name), name=name)

            asyncio.run(named())

        threads = [Thread(target=work, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        work("body")
        for thread in threads:
            thread.join()
        return sorted(got.items())

    assert world(body) == [("body", 2), ("one", 2), ("two", 2)]


def test_thread_without_a_loop_has_none_while_another_runs_one(world, error_of):
    def body():
        inside, go_on, seen = Event(), Event(), []

        async def main():
            inside.set()
            go_on.wait()

        thread = Thread(target=lambda: asyncio.run(main()))
        thread.start()
        inside.wait()
        seen.append(error_of(asyncio.get_running_loop))
        go_on.set()
        thread.join()
        return seen

    assert world(body) == [(RuntimeError, "no running event loop")]


def test_run_coroutine_threadsafe(world):
    def body():
        loop = asyncio.new_event_loop()
        thread = Thread(target=loop.run_forever)
        thread.start()

        async def answer():
            await asyncio.sleep(0.001)
            return threading.current_thread() is thread

        got = asyncio.run_coroutine_threadsafe(answer(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        return got

    assert world(body) is True


def test_to_thread(world):
    def body():
        async def main():
            return await asyncio.gather(*(asyncio.to_thread(pow, 2, number) for number in range(3)))

        return asyncio.run(main())

    assert world(body) == [1, 2, 4]


def test_loop_of_a_thread_is_set_for_that_thread_only(world):
    def body():
        loop, seen = asyncio.new_event_loop(), []

        def work():
            asyncio.set_event_loop(loop)
            seen.append(asyncio.get_event_loop() is loop)
            asyncio.set_event_loop(None)

        thread = Thread(target=work)
        thread.start()
        thread.join()
        loop.close()
        return seen

    assert world(body) == [True]


def test_timers_of_a_loop_are_virtual():
    def body():
        async def main():
            loop = asyncio.get_running_loop()
            began = loop.time()
            await asyncio.sleep(3600)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), timeout=7200)
            return round(loop.time() - began)

        return asyncio.run(main())

    assert run(body).result() == 10800


def test_wake_up_that_is_not_threadsafe_is_lost():
    def body(threadsafe):
        async def main():
            loop, future = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

            def answer():
                if threadsafe:
                    loop.call_soon_threadsafe(future.set_result, 7)
                else:
                    future.set_result(7)

            thread = Thread(target=answer)
            thread.start()
            got = await future
            thread.join()
            return got

        return asyncio.run(main())

    assert type(run(lambda: body(threadsafe=False)).outcome) is Deadlocked
    assert run(lambda: body(threadsafe=True)).outcome == Returned(7)


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


@pytest.mark.thorough
def test_race_between_threads_of_a_loop_is_found():
    def body():
        async def main():
            counter = Counter()
            await asyncio.gather(*(asyncio.to_thread(counter.increment) for _ in range(2)))
            assert counter.value == 2

        asyncio.run(main())

    exploration = explore(body)

    assert exploration.verdict == "violated", exploration.reason
    assert type(exploration.failure.exception) is AssertionError


def test_tasks_of_one_loop_do_not_race():
    def body():
        async def main():
            counter = Counter()

            async def increment():
                counter.increment()

            await asyncio.gather(increment(), increment())
            assert counter.value == 2

        thread = Thread(target=lambda: asyncio.run(main()))
        thread.start()
        thread.join()

    assert explore(body).failure is None


def test_running_loop_outside_is_untouched():
    def body():
        thread = Thread(target=lambda: asyncio.run(asyncio.sleep(1)))
        thread.start()
        thread.join()

    async def main():
        loop = asyncio.get_running_loop()
        explore(body, search="random", executions=5)
        await asyncio.sleep(0)
        return asyncio.get_running_loop() is loop

    assert asyncio.run(main())


def wake_a_loop():
    async def main():
        woken = asyncio.Event()
        loop = asyncio.get_running_loop()
        thread = Thread(target=lambda: loop.call_soon_threadsafe(woken.set))
        thread.start()
        await woken.wait()
        await loop.run_in_executor(None, thread.join)

    asyncio.run(main())


def test_who_waits_for_files_is_searched_without_a_claim():
    assert explore(wake_a_loop).verdict == "no failure found"

    exploration = explore(wake_a_loop, search="exhaustive", executions=20)

    assert exploration.executions == 20
    assert "The exhaustive search was stopped after 20 executions" in exploration.reason


def test_the_heap_is_collected_seldom_where_each_collection_is_a_full_one(monkeypatch):
    monkeypatch.setattr(garbage, "_EXECUTIONS_BETWEEN_COLLECTIONS", 10)
    collections = []

    def note(phase, info):
        if phase == "stop":
            collections.append(info["generation"])

    gc.callbacks.append(note)
    try:
        explore(wake_a_loop, search="random", executions=30)
    finally:
        gc.callbacks.remove(note)

    assert 3 <= collections.count(1) <= 5
