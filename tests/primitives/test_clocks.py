"""`time`: it is virtual in a task, and the same in every execution."""

import datetime
import time
from itertools import pairwise
from threading import Condition, Event, Lock, Thread
from time import monotonic as captured_monotonic
from time import sleep as captured_sleep

import pytest

from harness import Interleaving, run

PAIRS = ["time", "monotonic", "perf_counter"]


@pytest.mark.parametrize("sleep", ["time.sleep", "captured"])
def test_sleep_takes_virtual_time(sleep):
    real_begin = time.monotonic()

    def body():
        begins = [getattr(time, name)() for name in PAIRS]
        nanoseconds = [getattr(time, f"{name}_ns")() for name in PAIRS]
        (time.sleep if sleep == "time.sleep" else captured_sleep)(3600)
        ends = [getattr(time, name)() for name in PAIRS]
        later = [getattr(time, f"{name}_ns")() for name in PAIRS]
        return (
            [round(end - begin) for begin, end in zip(begins, ends, strict=True)],
            [round((end - begin) / 1e9) for begin, end in zip(nanoseconds, later, strict=True)],
        )

    assert run(body).result() == ([3600] * 3, [3600] * 3)
    assert time.monotonic() - real_begin < 60


@pytest.mark.parametrize("name", PAIRS)
def test_seconds_and_nanoseconds_are_one_clock(world, name):
    def body():
        clock, clock_ns = getattr(time, name), getattr(time, f"{name}_ns")
        readings = [clock_ns(), clock() * 1e9, clock_ns(), clock() * 1e9]
        steps = [later - earlier for earlier, later in pairwise(readings)]
        rounding = 1_000  # of a float that counts seconds since 1970
        return all(-rounding <= step < 1e9 for step in steps), type(clock()), type(clock_ns())

    assert world(body) == (True, float, int)


def test_captured_clock_is_the_same_clock(world):
    def body():
        first, second, third = time.monotonic(), captured_monotonic(), time.monotonic()
        return first <= second <= third

    assert world(body) is True


def test_clock_moves_when_it_is_looked_at():
    def body():
        deadline, looks = time.monotonic() + 0.01, 0
        while time.monotonic() < deadline:
            looks += 1
        return looks > 0

    assert run(body).result() is True


def test_time_is_the_same_in_each_execution():
    def body():
        time.sleep(1.5)
        return time.time(), time.monotonic_ns(), time.perf_counter()

    assert run(body).result() == run(body).result()


def test_clocks_outside_are_real_again():
    def body():
        time.sleep(1e6)
        return time.time()

    inside = run(body).result()
    today = datetime.datetime.now(tz=datetime.UTC).timestamp()

    assert abs(time.time() - today) < 60
    assert abs(inside - today) > 60


def test_sleepers_wake_in_the_order_of_their_times():
    def body():
        woken = []

        def work(seconds):
            time.sleep(seconds)
            woken.append(seconds)

        threads = [Thread(target=work, args=(seconds,)) for seconds in (300, 100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return woken

    assert run(body).result() == [100, 200, 300]


def test_sleeper_lets_others_go_first():
    def body():
        steps = []
        thread = Thread(target=steps.append, args=("thread",))
        thread.start()
        time.sleep(0)
        steps.append("body")
        thread.join()
        return steps

    assert run(body).result() == ["thread", "body"]


TIMED_WAITS = {
    "Lock.acquire": lambda lock: lock.acquire(timeout=100),
    "Event.wait": lambda lock: Event().wait(100),
    "sleep": lambda lock: time.sleep(100),
    "Thread.join": lambda lock: _blocked_thread(lock).join(100),
}


def _blocked_thread(lock):
    thread = Thread(target=lock.acquire, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("wait", TIMED_WAITS)
def test_timed_wait_takes_its_time_when_nothing_comes(wait):
    def body():
        lock = Lock()
        lock.acquire()
        begin = time.monotonic()
        TIMED_WAITS[wait](lock)
        return round(time.monotonic() - begin)

    assert run(body).result() == 100


def test_condition_wait_takes_its_time_when_nothing_comes():
    def body():
        condition = Condition()
        begin = time.monotonic()
        with condition:
            found = condition.wait_for(lambda: False, 100)
        return found, round(time.monotonic() - begin)

    assert run(body).result() == (False, 100)


def test_switch_can_end_a_timed_wait_before_others_are_done():
    def body():
        event = Event()
        thread = Thread(target=lambda: (time.sleep(0), event.set()))
        thread.start()
        answer = event.wait(5)
        thread.join()
        return answer

    assert run(body).result() is True
    assert run(body, Interleaving.parse("T1@1>T0")).result() is False


@pytest.mark.parametrize("seconds", [-1, float("nan"), 1e300, float("inf"), "soon", None], ids=str)
def test_sleep_checks_its_argument_like_the_original(world, error_of, seconds):
    def body():
        return error_of(time.sleep, seconds)

    assert world(body) == body()


def test_sleep_takes_true_numbers_of_all_kinds(world):
    def body():
        return time.sleep(0), time.sleep(0.0), time.sleep(False), time.sleep(1e-9)

    assert world(body) == (None,) * 4


class Day(datetime.date):
    """Be a subclass that code in scope has made."""


class Moment(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return "its own"


NOWS = {
    "datetime.now": lambda: datetime.datetime.now(),
    "datetime.now in UTC": lambda: datetime.datetime.now(datetime.UTC),
    "datetime.now by keyword": lambda: datetime.datetime.now(tz=datetime.UTC),
    "datetime.utcnow": lambda: datetime.datetime.utcnow(),
    "datetime.today": lambda: datetime.datetime.today(),
    "localtime": lambda: datetime.datetime(*time.localtime()[:6]),
    "localtime of None": lambda: datetime.datetime(*time.localtime(None)[:6]),
    "gmtime": lambda: datetime.datetime(*time.gmtime()[:6]),
    "ctime": lambda: datetime.datetime.strptime(time.ctime(), "%c"),
    "asctime": lambda: datetime.datetime.strptime(time.asctime(), "%c"),
    "strftime": lambda: datetime.datetime.strptime(time.strftime("%c"), "%c"),
    "clock_gettime": lambda: datetime.datetime.fromtimestamp(
        time.clock_gettime(time.CLOCK_REALTIME)
    ),
    "clock_gettime of a clock that does not go back": lambda: datetime.datetime.fromtimestamp(
        time.clock_gettime_ns(time.CLOCK_MONOTONIC) / 1e9
    ),
}


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
@pytest.mark.parametrize("name", NOWS)
def test_whatever_tells_the_time_of_day_tells_the_virtual_one(name):
    now = NOWS[name]

    def body():
        begin = now()
        time.sleep(86_400)
        return begin, now()

    begin, end = run(body).result()

    assert round((end - begin).total_seconds()) == 86_400
    assert run(body).result() == (begin, end)
    assert type(now()) is datetime.datetime


def test_days_pass_in_virtual_time():
    def body():
        begin = datetime.date.today(), Day.today(), datetime.datetime.today().date()
        time.sleep(10 * 86_400)
        return begin, datetime.date.today(), Day.today(), Moment.now()

    (begin, own, same), end, own_end, others = run(body).result()

    assert begin == same
    assert (end - begin).days == (own_end - own).days == 10
    assert type(own) is type(own_end) is Day
    assert others == "its own"


def test_times_that_are_given_are_told_as_they_are():
    def body():
        return time.gmtime(0)[:3], time.strftime("%Y", time.gmtime(0)), time.asctime(time.gmtime(0))

    assert run(body).result() == body()
