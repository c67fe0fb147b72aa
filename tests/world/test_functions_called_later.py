"""A function of C that library code calls later is called at a point, as one of Python would be."""

import asyncio
import functools
import operator
import sched
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from threading import Barrier, Condition, Thread, Timer

import pytest
from together import together

from harness import explore


def done_callback(items):
    future = Future()
    future.add_done_callback(items.append)
    future.set_result(1)


def callback_of_what_is_done(items):
    future = Future()
    future.set_result(1)
    future.add_done_callback(items.append)


def submitted(items):
    with ThreadPoolExecutor(1) as executor:
        executor.submit(items.append, 1)


def submitted_partial(items):
    with ThreadPoolExecutor(1) as executor:
        executor.submit(functools.partial(items.append, 1))


def mapped(items):
    with ThreadPoolExecutor(1) as executor:
        executor.map(items.append, [1])


def initializer(items):
    with ThreadPoolExecutor(1, initializer=items.append, initargs=(1,)) as executor:
        executor.submit(int)


def third_initializer(items):
    with ThreadPoolExecutor(1, "name", items.append, (1,)) as executor:
        executor.submit(int)


def timer(items):
    started = Timer(0, items.append, (1,))
    started.start()
    started.join()


def target_by_keywords(items):
    thread = Thread(target=items.extend, args=([1],), kwargs={})
    thread.start()
    thread.join()


def barrier(items):
    Barrier(1, functools.partial(items.append, 1)).wait()


def scheduled(items):
    scheduler = sched.scheduler()
    scheduler.enter(0, 1, items.append, (1,))
    scheduler.run()


def iterated(items):
    for _ in map(items.append, [1]):
        pass


APPEND = [
    *(done_callback, callback_of_what_is_done, submitted, submitted_partial, mapped),
    *(initializer, third_initializer, timer, target_by_keywords, barrier, scheduled, iterated),
]


@pytest.mark.parametrize("append", APPEND, ids=lambda append: append.__name__)
def test_others_may_come_before_and_after_it(append):
    def body():
        items, seen = [], []
        together(lambda: append(items), lambda: seen.append(len(items)))
        return seen[0]

    exploration = explore(body, search="exhaustive", stop_at_failure=False, executions=20_000)

    assert {outcome.value for outcome in exploration.outcomes} == {0, 1}
    assert exploration.complete


def soon(items):
    async def main():
        asyncio.get_running_loop().call_soon(items.append, 1)
        await asyncio.sleep(0)

    asyncio.run(main())


def soon_from_another_thread(items):
    async def main():
        asyncio.get_running_loop().call_soon_threadsafe(items.append, 1)
        await asyncio.sleep(0)

    asyncio.run(main())


def in_an_executor(items):
    async def main():
        await asyncio.get_running_loop().run_in_executor(None, items.append, 1)

    asyncio.run(main())


def to_thread(items):
    async def main():
        await asyncio.to_thread(items.append, 1)

    asyncio.run(main())


def pool(items):
    with ThreadPool(1) as threads:
        threads.apply_async(items.append, (1,)).wait()


def map_of_a_pool(items):
    with ThreadPool(1) as threads:
        threads.map(items.append, [1])


LARGE = [
    *(soon_from_another_thread, in_an_executor, map_of_a_pool),
    *(pytest.param(one, marks=pytest.mark.thorough) for one in (soon, to_thread, pool)),
]


@pytest.mark.parametrize("append", LARGE, ids=lambda append: append.__name__)
def test_a_random_search_finds_it_in_an_event_loop_and_in_a_pool(append):
    def body():
        items = []

        def work():
            if not items:
                append(items)

        together(work, work)
        assert len(items) == 1

    assert explore(body, search="random", executions=500).verdict == "violated"


def test_what_is_given_to_be_read_later_is_read_then():
    def body():
        items = []
        with ThreadPoolExecutor(1) as executor:
            size = executor.submit(max, (0,), (0,), key=lambda _: 0)
            length = executor.submit(len, items)
            items.append(1)
            return size.result(), length.result()

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert {outcome.value for outcome in exploration.outcomes} == {((0,), 0), ((0,), 1)}


def test_attributes_that_are_set_later():
    class Counter:
        n = 0

    def body():
        counter = Counter()
        with ThreadPoolExecutor(1) as executor:
            executor.submit(setattr, counter, "n", 1)
            return operator.attrgetter("n")(counter)

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert {outcome.value for outcome in exploration.outcomes} == {0, 1}


def test_a_predicate_of_c_is_asked_at_a_point():
    def body():
        items, changed, seen = [], Condition(), []

        def wait():
            with changed:
                seen.append(changed.wait_for(items.__len__, timeout=1))

        together(wait, lambda: items.append(1))
        return seen[0]

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert {outcome.value for outcome in exploration.outcomes} == {0, 1}


def test_python_functions_are_handed_on_as_they_are():
    def body():
        with ThreadPoolExecutor(1) as executor:
            executor.submit(work)
        timer = Timer(0, work)
        timer.start()
        timer.join()
        return timer.function is work

    def work():
        pass

    assert next(iter(explore(body, executions=2, stop_at_failure=False).outcomes)).value


def test_the_report_names_the_library_function_that_calls():
    def body():
        items = []
        with ThreadPoolExecutor(1) as executor:
            executor.submit(items.append, 1)
            assert items

    report = explore(body).failure.report

    assert "_WorkItem.run" in report or "concurrent/futures/thread.py" in report


def test_others_come_in_between_its_callbacks():
    def body():
        items, errors = [3, 1, 2], []
        with ThreadPoolExecutor(1) as executor:
            done = executor.submit(items.sort, key=lambda item: -item)
            items.append(0)
            if done.exception() is not None:
                errors.append("modified")
        return tuple(sorted(items)), tuple(errors)

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert {outcome.value[1] for outcome in exploration.outcomes} == {(), ("modified",)}
