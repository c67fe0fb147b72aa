"""`threading.Timer`, which stands on an event under control."""

import threading
from threading import Event, Timer
from time import monotonic

from harness import run


def test_timer_calls_its_function_after_the_interval(world):
    def body():
        called = Event()
        got = []

        def work(*args, **kwargs):
            got.append((args, kwargs))
            called.set()

        timer = Timer(0.001, work, [1], {"two": 2})
        timer.start()
        called.wait()
        timer.join()
        return got, timer.is_alive(), timer.finished.is_set()

    assert world(body) == ([((1,), {"two": 2})], False, True)


def test_cancelled_timer_calls_nothing(world):
    def body():
        got = []
        timer = Timer(3600, got.append, [1])
        timer.cancel()
        timer.start()
        timer.join()
        return got, isinstance(timer, threading.Thread)

    assert world(body) == ([], True)


def test_timer_can_be_cancelled_while_it_waits():
    def body():
        got = []
        timer = Timer(3600, got.append, [1])
        timer.start()
        timer.cancel()
        timer.join()
        return got

    assert run(body).result() == []


def test_interval_is_virtual():
    def body():
        began, times = monotonic(), []
        timers = [
            Timer(seconds, lambda: times.append(monotonic() - began)) for seconds in (7200, 3600)
        ]
        for timer in timers:
            timer.start()
        for timer in timers:
            timer.join()
        return [round(passed) for passed in times]

    assert run(body).result() == [3600, 7200]
