"""The exhaustive search counts one wait for an event once, however often it is set meanwhile."""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread

import pytest
from together import together

from harness import explore

OPTIONS = {"search": "exhaustive", "stop_at_failure": False, "executions": 20_000}


def values_of(exploration):
    assert exploration.complete, exploration.reason
    return {outcome.value for outcome in exploration.outcomes}


def test_an_event_is_set_twice_before_the_waiter_goes_on():
    def body():
        event, numbers = Event(), []

        def work():
            event.set()
            numbers.append(1)
            event.set()

        thread = Thread(target=work)
        thread.start()
        event.wait()
        seen = len(numbers)
        event.wait()
        thread.join()
        return seen

    assert values_of(explore(body, **OPTIONS)) == {0, 1}


def test_two_set_and_clear_an_event():
    def body():
        event, numbers = Event(), []

        def work(number):
            numbers.append(number)
            event.set()

        threads = [Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        got = []
        while len(got) < 2:
            event.wait()
            event.clear()
            got += numbers[len(got) :]
        for thread in threads:
            thread.join()
        return tuple(got)

    outcomes = {getattr(one, "value", "stuck") for one in explore(body, **OPTIONS).outcomes}

    assert {(0, 1), (1, 0)} <= outcomes


def finish_in_order():
    with ThreadPoolExecutor(1) as executor:
        futures = [executor.submit(int, number) for number in range(2)]
        return len(list(as_completed(futures)))


def finish_in_any_order():
    futures = [Future(), Future()]
    finished = []
    together(
        lambda: futures[0].set_result(0),
        lambda: futures[1].set_result(1),
        lambda: finished.extend(future.result() for future in as_completed(futures)),
    )
    return tuple(finished)


def first_of_two():
    futures = [Future(), Future()]
    finished = []
    together(
        lambda: futures[0].set_result(0),
        lambda: futures[1].set_result(1),
        lambda: finished.extend(
            sorted(future.result() for future in wait(futures, None, FIRST_COMPLETED).done)
        ),
    )
    return tuple(finished)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (finish_in_order, {2}),
        (finish_in_any_order, {(0, 1), (1, 0)}),
        (first_of_two, {(0,), (1,), (0, 1)}),
    ],
)
def test_futures_are_waited_for(body, expected):
    assert values_of(explore(body, **OPTIONS)) == expected


@pytest.mark.parametrize(
    ("make", "let_pass", "looks"),
    [
        (lambda: Event(), lambda event: event.set(), lambda event: event.wait(0)),
        (lambda: Semaphore(0), lambda it: it.release(), lambda it: it.acquire(timeout=0)),
        (lambda: Semaphore(0), lambda it: it.release(), lambda it: it.acquire(timeout=-1)),
        (lambda: SimpleQueue(), lambda queue: queue.put(1), lambda queue: got(queue.get) == [1]),
    ],
    ids=["event", "semaphore", "negative", "queue"],
)
def test_a_wait_without_any_time_is_a_look(make, let_pass, looks):
    def body():
        what = make()
        thread = Thread(target=let_pass, args=(what,))
        thread.start()
        seen = looks(what)
        thread.join()
        return seen

    assert values_of(explore(body, **OPTIONS)) == {False, True}


def got(get):
    try:
        return [get(timeout=0)]
    except Empty:
        return []
